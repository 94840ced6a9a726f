"""The streams of the adapter for voices."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, APIConnectOptions, tokenize, tts, utils
from livekit.agents.tts.fallback_adapter import FallbackChunkedStream, FallbackSynthesizeStream
from opentelemetry import trace

from voicegateway.middleware.fallback.chain import Turn
from voicegateway.middleware.fallback.deadline import Deadline
from voicegateway.middleware.fallback.loudspeaker import Loudspeaker
from voicegateway.middleware.fallback.manuscript import Manuscript
from voicegateway.middleware.fallback.recovery import Trial
from voicegateway.middleware.fallback.served import mark_served

if TYPE_CHECKING:
    from voicegateway.middleware.fallback.tts import TTSFallback

__all__ = ["ChunkedSpeech", "StreamedSpeech"]


class ChunkedSpeech(FallbackChunkedStream):
    """`synthesize`: the whole text at once. One that is blank is no call."""

    def __init__(
        self, *, tts: TTSFallback, input_text: str, conn_options: APIConnectOptions
    ) -> None:
        super().__init__(tts=tts, input_text=input_text, conn_options=conn_options)
        self._adapter = tts
        self._asked_under = trace.get_current_span()

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        adapter = self._adapter
        out = Loudspeaker(output_emitter, adapter, stream=False)
        if not self._input_text.strip():
            return

        async def attempt(turn: Turn) -> None:
            child = adapter.chain.children[turn.index]
            with adapter.chain.asking(turn.failures):
                stream = child.synthesize(
                    self._input_text,
                    conn_options=_one_attempt(self._conn_options, adapter.attempt_timeout),
                )
            deadline = Deadline()
            async with adapter.chain.attending(stream, deadline):
                deadline.expect(adapter.attempt_timeout)
                await _listen(stream, deadline, out, turn.index, lambda: adapter.attempt_timeout)
            mark_served(child, turn.index, self._tts_request_span, self._asked_under)

        try:
            await adapter.chain.ask(attempt, out.no_return)
        except Exception:
            await out.play_out()
            raise
        _probe(adapter, self._input_text, self._conn_options)

    def _try_recovery(self, tts: tts.TTS[Any]) -> None:
        """LiveKit's own, a hidden request that is paid for: see `TTSFallback`'s `probe`."""


class StreamedSpeech(FallbackSynthesizeStream):
    """`stream`: the text comes bit by bit, and is kept for the next voice."""

    def __init__(self, *, tts: TTSFallback, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=tts, conn_options=conn_options)
        self._adapter = tts
        self._asked_under = trace.get_current_span()

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        adapter = self._adapter
        out = Loudspeaker(output_emitter, adapter, stream=True)
        script = Manuscript(adapter.attempt_timeout)
        reading = asyncio.create_task(script.read(self._input_ch))

        async def attempt(turn: Turn) -> None:
            try:
                await self._speak(script, out, turn)
            except Exception:
                if await script.says_something():
                    raise
            if not await script.says_something():  # then its silence says nothing about a voice
                turn.trial.released()

        try:
            await adapter.chain.ask(attempt, out.no_return)
        except Exception:
            await out.play_out()
            raise
        finally:
            await utils.aio.cancel_and_wait(reading)
        if script.text.strip():
            _probe(adapter, script.text, self._conn_options)

    def _try_recovery(self, tts: tts.TTS[Any]) -> None:
        """LiveKit's own, a hidden request that is paid for: see `TTSFallback`'s `probe`."""

    async def _speak(self, script: Manuscript, out: Loudspeaker, turn: Turn) -> None:
        chain, index = self._adapter.chain, turn.index
        async with _streaming(chain.children[index]) as child:
            with chain.asking(turn.failures):
                stream = child.stream(
                    conn_options=_one_attempt(self._conn_options, self._adapter.attempt_timeout)
                )
            deadline = Deadline()
            async with chain.attending(stream, deadline):
                with script.handed_to(stream, deadline):
                    try:
                        await _listen(stream, deadline, out, index, script.patience)
                    finally:
                        self._started_time = self._started_time or stream._started_time  # noqa: SLF001 - LiveKit's own adapter takes the time to first byte from it
        mark_served(chain.children[index], index, self._tts_request_span, self._asked_under)


async def _listen(
    stream: tts.ChunkedStream | tts.SynthesizeStream,
    deadline: Deadline,
    out: Loudspeaker,
    index: int,
    patience: Callable[[], float | None],
) -> None:
    """Pass on what a voice says; `patience` is the time it then has for its next sound."""
    out.tune(index)
    async for audio in stream:
        if out.play(audio):
            deadline.expect(patience())
    out.end()


@contextlib.asynccontextmanager
async def _streaming(child: tts.TTS[Any]) -> AsyncIterator[tts.TTS[Any]]:
    """The voice itself, or for one that takes whole texts only, LiveKit's adapter that gives it
    sentence by sentence."""
    if child.capabilities.streaming:
        yield child
        return
    tokenizer = tokenize.blingfire.SentenceTokenizer(retain_format=True)
    adapter = tts.StreamAdapter(tts=child, sentence_tokenizer=tokenizer)
    try:
        yield adapter
    finally:
        await adapter.aclose()


def _one_attempt(options: APIConnectOptions, timeout: float) -> APIConnectOptions:
    """Instead of a second attempt there is the next voice."""
    return dataclasses.replace(options, max_retry=0, timeout=timeout)


def _probe(adapter: TTSFallback, text: str, options: APIConnectOptions) -> None:
    """Where it was asked for, let the voices that have cooled down speak the same text, up to
    their first sound."""
    chain, timeout = adapter.chain, adapter.attempt_timeout

    async def ask(trial: Trial) -> None:
        child = chain.children[trial.index]
        stream = child.synthesize(text, conn_options=_one_attempt(options, timeout))
        deadline = Deadline()
        async with chain.attending(stream, deadline):
            deadline.expect(timeout)
            async for _ in stream:
                return
        raise APIConnectionError("no audio")

    chain.probe(ask)
