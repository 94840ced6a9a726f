"""Closing a stream that may be stuck, without being stuck oneself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from livekit.agents import APITimeoutError, llm, stt, tts

from voicegateway.middleware.livekit_names import main_task

__all__ = ["Closings", "give_up"]

_GRACE_SECONDS = 0.005
_T = TypeVar("_T")
_STREAMS = (llm.LLMStream, stt.RecognizeStream, tts.SynthesizeStream, tts.ChunkedStream)


def give_up(stream: Any, error: Exception) -> None:
    """Tell a stream that its attempt has failed, as LiveKit's base class would: its listeners and
    its row say so."""
    stream._emit_error(error, recoverable=False)  # noqa: SLF001 - the meter pins this name


class Closings:
    """What an adapter is closing. One that takes longer than a few milliseconds is closed behind
    the caller's back."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def close(self, stream: Any) -> None:
        """Close a stream of LiveKit's, waiting for it only a moment."""
        await self.see_off(asyncio.create_task(_close(stream)))

    async def see_off(self, task: asyncio.Task[Any]) -> None:
        """Let a task end, waiting for it only a moment."""
        self._running.add(task)
        task.add_done_callback(self._over)
        await asyncio.wait({task}, timeout=_GRACE_SECONDS)

    async def within(self, seconds: float, asked: Coroutine[Any, Any, _T]) -> _T:
        """What `asked` returns. Raises `APITimeoutError` after so many seconds, even where it
        ignores being cancelled."""
        task = asyncio.create_task(asked)
        try:
            await asyncio.wait({task}, timeout=seconds)
            if task.done():
                return task.result()
            raise APITimeoutError("no output in time")
        finally:
            if not task.done():
                task.cancel()
                await self.see_off(task)

    async def aclose(self) -> None:
        """Wait a moment for what is still closing."""
        if self._running:
            await asyncio.wait(self._running, timeout=_GRACE_SECONDS)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen; nobody waits for it


async def _close(stream: Any) -> None:
    await stream.aclose()
    if isinstance(stream, _STREAMS):
        task = main_task(stream)
        if task.done() and not task.cancelled():
            task.exception()  # seen; what it was is in the row
