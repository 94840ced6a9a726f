"""How each kind of object is called: a whole call, and one that is only begun."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectOptions

from voicegateway.testing.providers.subject import Subject, conn, within
from voicegateway.testing.recording import prompt
from voicegateway.types import Modality

__all__ = ["Calls", "LLMCalls", "STTCalls", "TTSCalls"]

_FRAME_SECONDS = 0.02
_GLANCE = 2.0
"""Seconds that a first output is waited for in a call that will be cut off."""


class Calls(Subject):
    """One modality's calls. `size` scales what is sent: 1, or 2 for twice as much."""

    def open(self, target: Any, options: APIConnectOptions, size: int) -> Any:
        """A stream with its input pushed, all of it."""
        raise NotImplementedError

    def begin(self, target: Any, options: APIConnectOptions) -> Any:
        """A stream in the middle of its input."""
        raise NotImplementedError

    async def complete(self, target: Any, options: APIConnectOptions, size: int = 1) -> None:
        """A call from its first to its last byte. Raises what LiveKit raises."""
        await self.read_out(self.open(target, options, size))

    async def read_out(self, stream: Any) -> None:
        """A stream to its end."""
        what = f"a call on {self.provider}/{self.model}, all of its input sent,"
        async with within(self.patience, what), self.closing(stream):
            async for _ in stream:
                pass

    def begun(self, target: Any) -> contextlib.AbstractAsyncContextManager[Any]:
        """A stream in the middle of its input, closed at the end."""
        return self.closing(self.begin(target, conn()))

    async def glance(self, stream: Any) -> None:
        """Wait a little for a first output; not for ever, for some need all of their input."""
        with contextlib.suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(_GLANCE):
                await stream.__anext__()

    @contextlib.asynccontextmanager
    async def closing(self, stream: Any) -> AsyncIterator[Any]:
        try:
            yield stream
        finally:
            async with within(self.patience, f"aclose() of a stream of {self.provider}"):
                await stream.aclose()


class LLMCalls(Calls):
    modality = Modality.LLM

    def open(self, target: Any, options: APIConnectOptions, size: int) -> Any:
        return target.chat(chat_ctx=prompt(" ".join([self.text] * size)), conn_options=options)

    def begin(self, target: Any, options: APIConnectOptions) -> Any:
        return self.open(target, options, 1)


class TTSCalls(Calls):
    modality = Modality.TTS

    def spoken(self, size: int = 1) -> str:
        return " ".join([self.text] * size)

    def open(self, target: Any, options: APIConnectOptions, size: int) -> Any:
        if not self.streaming:
            return target.synthesize(self.spoken(size), conn_options=options)
        stream = target.stream(conn_options=options)
        words = self.spoken(size).split(" ")
        for word in words[:-1]:
            stream.push_text(f"{word} ")
        stream.push_text(words[-1])
        stream.end_input()
        return stream

    def begin(self, target: Any, options: APIConnectOptions) -> Any:
        if not self.streaming:
            return self.open(target, options, 1)
        stream = target.stream(conn_options=options)
        stream.push_text(self.spoken())
        stream.flush()
        return stream


class STTCalls(Calls):
    modality = Modality.STT

    def audio(self, size: int = 1) -> list[rtc.AudioFrame]:
        """What an STT is to hear: silence, unless the subclass has something better."""
        samples = round(self.sample_rate * _FRAME_SECONDS)
        count = round(self.audio_seconds * size / _FRAME_SECONDS)
        return [
            rtc.AudioFrame(bytes(2 * samples), self.sample_rate, 1, samples) for _ in range(count)
        ]

    def open(self, target: Any, options: APIConnectOptions, size: int) -> Any:
        stream = self.begin(target, options, size)
        stream.end_input()
        return stream

    def begin(self, target: Any, options: APIConnectOptions, size: int = 1) -> Any:
        stream = target.stream(conn_options=options)
        for frame in self.audio(size):
            stream.push_frame(frame)
        return stream

    async def complete(self, target: Any, options: APIConnectOptions, size: int = 1) -> None:
        if self.streaming:
            await super().complete(target, options, size)
        else:
            await self.recognize(target, options, size)

    async def recognize(self, target: Any, options: APIConnectOptions, size: int = 1) -> None:
        async with within(self.patience, f"recognize() of {self.provider}/{self.model}"):
            await target.recognize(self.audio(size), conn_options=options)
