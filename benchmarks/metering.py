"""What metering adds to a frame, a chunk and a call, beside the native object in the same run.

    python benchmarks/metering.py

CPU time of the event loop's thread, the two sides interleaved, median of all rounds.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import statistics
import sys
import time
from decimal import Decimal

from livekit.agents import APIConnectOptions, llm, stt, tts

from voicegateway.middleware.call import Leg, Scope
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.instrumented_provider import meter
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.testing import prompt, silence
from voicegateway.types import Modality, Unit

ROUNDS = 31
FRAMES, CHUNKS, AUDIO, CALLS = 5000, 3000, 1500, 300
OPTIONS = APIConnectOptions(max_retry=0, timeout=30)
FRAME = silence()
PCM = bytes(2 * 4800)
LIMITS = {"STT frame": 0.3, "LLM chunk": 0.3, "TTS frame": 0.5, "call": 100.0}


class Ear(stt.STT):
    def __init__(self):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))

    async def _recognize_impl(self, *_, **__):
        raise AssertionError

    def stream(self, **_):
        return EarStream(stt=self, conn_options=OPTIONS)


class EarStream(stt.RecognizeStream):
    async def _run(self):
        async for _ in self._input_ch:
            pass


class Parrot(llm.LLM):
    chunks = CHUNKS

    def chat(self, *, chat_ctx, **_):
        return ParrotStream(self, chat_ctx=chat_ctx, tools=[], conn_options=OPTIONS)


class ParrotStream(llm.LLMStream):
    async def _run(self):
        delta = llm.ChoiceDelta(role="assistant", content="tok ")
        chunk = llm.ChatChunk(id="r", delta=delta)
        for index in range(self._llm.chunks):
            self._event_ch.send_nowait(chunk)
            if index % 20 == 0:
                await asyncio.sleep(0)
        usage = llm.CompletionUsage(completion_tokens=9, prompt_tokens=9, total_tokens=18)
        self._event_ch.send_nowait(llm.ChatChunk(id="r", usage=usage))


class Voice(tts.TTS):
    def __init__(self):
        capabilities = tts.TTSCapabilities(streaming=True)
        super().__init__(capabilities=capabilities, sample_rate=24000, num_channels=1)

    def synthesize(self, *_, **__):
        raise AssertionError

    def stream(self, **_):
        return VoiceStream(tts=self, conn_options=OPTIONS)


class VoiceStream(tts.SynthesizeStream):
    async def _run(self, output_emitter):
        output_emitter.initialize(
            request_id="r", sample_rate=24000, num_channels=1, mime_type="audio/pcm", stream=True
        )
        async for _ in self._input_ch:
            pass
        self._mark_started()
        output_emitter.start_segment(segment_id="s")
        for index in range(AUDIO):
            output_emitter.push(PCM)
            if index % 20 == 0:
                await asyncio.sleep(0)
        output_emitter.end_segment()


async def stt_frame(ear):
    async with ear.stream() as stream:
        await asyncio.sleep(0)
        spent = 0
        for _ in range(0, FRAMES, 50):
            started = time.thread_time_ns()
            for _ in range(50):
                stream.push_frame(FRAME)
            spent += time.thread_time_ns() - started
            await asyncio.sleep(0)
        return spent / FRAMES / 1e3


async def llm_chunk(parrot):
    started = time.thread_time_ns()
    async with parrot.chat(chat_ctx=prompt()) as stream:
        async for _ in stream:
            pass
    return (time.thread_time_ns() - started) / CHUNKS / 1e3


async def tts_frame(voice):
    started = time.thread_time_ns()
    async with voice.stream() as stream:
        stream.push_text("hello")
        stream.end_input()
        async for _ in stream:
            pass
    return (time.thread_time_ns() - started) / AUDIO / 1e3


async def call(parrot):
    parrot.chunks = 1
    started = time.thread_time_ns()
    for _ in range(CALLS):
        async with parrot.chat(chat_ctx=prompt()) as stream:
            async for _ in stream:
                pass
    return (time.thread_time_ns() - started) / CALLS / 1e3


CASES = {
    "STT frame": (stt_frame, Ear, Modality.STT),
    "LLM chunk": (llm_chunk, Parrot, Modality.LLM),
    "TTS frame": (tts_frame, Voice, Modality.TTS),
    "call": (call, Parrot, Modality.LLM),
}


class Discard:
    def append(self, record):
        pass


def metered(target, modality):
    rates = {unit: Rate(Decimal("0.0001")) for unit in Unit}
    tracker = CostTracker(Discard(), lambda _: None, Overrides([RateOverride("x", rates)]).quote)
    leg = Leg("x", "model", modality)
    meter(target, leg, tracker, lambda _: Scope("project"), lambda _: None)
    return target


async def main() -> int:
    logging.disable(logging.CRITICAL)
    missed = 0
    print(f"{'':10} {'native':>10} {'metered':>10} {'added':>10}   limit (µs)")
    for name, (run, make, modality) in CASES.items():
        sides = {"native": [], "metered": []}
        for round_number in range(ROUNDS + 1):
            order = list(sides) if round_number % 2 else list(sides)[::-1]
            for side in order:
                target = make() if side == "native" else metered(make(), modality)
                gc.collect()
                gc.disable()
                figure = await run(target)
                gc.enable()
                if round_number:  # the first round warms up
                    sides[side].append(figure)
        native, ours = (statistics.median(sides[side]) for side in sides)
        verdict = "ok" if ours - native <= LIMITS[name] else "MISSED"
        missed += verdict != "ok"
        row = f"{name:10} {native:10.3f} {ours:10.3f} {ours - native:+10.3f}"
        print(f"{row}   {LIMITS[name]:g} {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
