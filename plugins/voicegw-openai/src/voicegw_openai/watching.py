"""Look at OpenAI's answers as they pass, and note for the meter what LiveKit drops of them.

A shadow of each call of the client: what it returns is what the call returned, or acts like it.
Looking never fails a call.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Self

from voicegateway.authoring import AttemptCounters, current_attempt
from voicegw_openai import counters

__all__ = ["WatchedStream", "completions", "responses", "transcriptions"]

_Call = Callable[..., Awaitable[Any]]
_Look = Callable[[AttemptCounters, Any], None]


class WatchedStream:
    """A stream of OpenAI's client that shows each of its events to `look`, and passes it on."""

    def __init__(self, stream: Any, look: Callable[[Any], None]) -> None:
        self._stream = stream
        self._look = look

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        event = await self._stream.__anext__()
        self._look(event)
        return event

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stream.__aexit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def completions(create: _Call) -> _Call:
    """Shadow `client.chat.completions.create`."""
    return _streaming(create, counters.note_completion)


def responses(create: _Call) -> _Call:
    """Shadow `client.responses.create`."""
    return _streaming(create, counters.note_response_event)


def transcriptions(create: _Call) -> _Call:
    """Shadow `client.audio.transcriptions.create`."""

    async def watched(*arguments: Any, **keywords: Any) -> Any:
        attempt = current_attempt()
        answer = await create(*arguments, **keywords)
        counters.note_transcription(attempt, getattr(answer, "usage", None))
        return answer

    return watched


def _streaming(create: _Call, look: _Look) -> _Call:
    async def watched(*arguments: Any, **keywords: Any) -> Any:
        attempt = current_attempt()
        answer = await create(*arguments, **keywords)
        if not keywords.get("stream"):
            return answer
        return WatchedStream(answer, functools.partial(look, attempt))

    return watched
