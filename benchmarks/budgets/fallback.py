"""How long after the deadline the caller has something useful, for twelve faults over loopback.

    python benchmarks/budgets/fallback.py [rounds]

The deadline is short here; what counts is the time beyond it. A fault that announces itself, such
as a refused connection, needs no deadline: its figure is the whole time, and is compared with 0.
Where the caller has heard a part already, the figure is the time to the error, and has no limit:
what LiveKit holds back of a voice's audio, up to 200 ms, counts as its last sound.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "core/tests/fallback/kit"))

import socket_plugin
from ears import pause, word
from faulty_cloud import FaultyCloud, Trouble
from livekit.agents import APIConnectOptions, APIError, stt
from livekit.agents.utils import http_context

from voicegateway import inference
from voicegateway.middleware.fallback import LLMFallback, STTFallback, TTSFallback
from voicegateway.testing import plugin_bench, prompt

DEADLINE = 0.5
LIMIT = 0.150
ONCE = APIConnectOptions(max_retry=0, timeout=60)
AWAITED = (Trouble.HANG_BEFORE, Trouble.DRIP)


async def think(adapter):
    async with adapter.chat(chat_ctx=prompt(), conn_options=ONCE) as stream:
        async for chunk in stream:
            if chunk.delta is not None and chunk.delta.content == "Hello ":
                return


async def speak(adapter):
    async with adapter.stream(conn_options=ONCE) as stream:
        stream.push_text("What a fine day this is.")
        stream.end_input()
        async for _ in stream:
            if adapter._active_instance is adapter.chain.children[1]:
                return


async def listen(adapter):
    async with adapter.stream(conn_options=ONCE) as stream:
        for frame in [*word(1), *pause()]:
            stream.push_frame(frame)
        async for event in stream:
            if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                return


KINDS = {
    "STT": (STTFallback, inference.STT, listen, {}),
    "LLM": (LLMFallback, inference.LLM, think, {"stall_timeout": DEADLINE}),
    "TTS": (TTSFallback, inference.TTS, speak, {}),
}


async def seconds(kind, trouble):
    """To useful output, or to the error."""
    adapter_of, factory, ask, settings = KINDS[kind]
    async with FaultyCloud(trouble, words=("Not ", "this.")) as bad, FaultyCloud() as good:
        children = [
            factory("bad/model", base_url=bad.address, fallback=[]),
            factory("good/model", base_url=good.address, fallback=[]),
        ]
        adapter = adapter_of(children, attempt_timeout=DEADLINE, **settings)
        began = time.perf_counter()
        error = ""
        try:
            await ask(adapter)
        except APIError:
            error = " (error)"
        took = time.perf_counter() - began
        await adapter.aclose()
    return took, error


def awaited(kind, trouble):
    """The deadline's part of the time."""
    if trouble in AWAITED or trouble is Trouble.HANG_AFTER:
        return DEADLINE
    return DEADLINE if kind == "STT" and trouble is Trouble.EMPTY else 0.0


async def measure(rounds):
    missed = False
    print(f"{'':26}" + "".join(f"{kind:>18}" for kind in KINDS))
    for trouble in Trouble:
        cells = []
        for kind in KINDS:
            runs = [await seconds(kind, trouble) for _ in range(rounds)]
            beyond = statistics.median(took for took, _ in runs) - awaited(kind, trouble)
            missed = missed or (beyond > LIMIT and not runs[0][1])
            cells.append(f"{beyond * 1e3:.0f} ms{runs[0][1]}")
        print(f"{trouble:26}" + "".join(f"{cell:>18}" for cell in cells))
    print(f"Beyond the deadline, median of {rounds}; limit {LIMIT * 1e3:.0f} ms.")
    return missed


async def main(rounds):
    FaultyCloud.authorized = lambda *_: True
    with tempfile.TemporaryDirectory() as folder, plugin_bench(Path(folder)) as bench:
        bench.install("bad", socket_plugin)
        bench.install("good", socket_plugin)
        async with http_context.open():
            await seconds("LLM", None)  # imports, and the first connection
            return await measure(rounds)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)))
