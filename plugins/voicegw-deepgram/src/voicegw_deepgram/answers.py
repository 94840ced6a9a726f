"""A look at the answer to one HTTP request before LiveKit reads it and drops what it does not use.

LiveKit asks its object's `_ensure_session` for a session at the time of the request; inside
`reading` it is given one whose `post` shows the answer around first.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, cast

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from voicegateway.authoring import AttemptCounters, current_attempt

__all__ = ["note_headers", "note_transcript", "reading", "watched"]

Reader = Callable[[aiohttp.ClientResponse, AttemptCounters], Awaitable[None]]

_reader: ContextVar[tuple[Reader, AttemptCounters] | None] = ContextVar(
    "voicegw_deepgram_reader", default=None
)
_REFUSED: Final = 400


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Requests made in here are shown to `reader`, together with the present attempt."""
    token = _reader.set((reader, current_attempt()))
    try:
        yield
    finally:
        _reader.reset(token)


def watched(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """The session itself outside `reading`."""
    given = _reader.get()
    if given is None:
        return session
    return cast(aiohttp.ClientSession, _WatchedSession(session, *given))


async def note_headers(response: aiohttp.ClientResponse, counters: AttemptCounters) -> None:
    """Of `/speak`: `dg-char-count` is the number of characters that are billed."""
    _note_refusal(response, counters)
    count = response.headers.get("dg-char-count", "")
    if count.isdecimal():
        counters.note(billed_characters=int(count))
    if request := response.headers.get("dg-request-id"):
        counters.note(dg_request_id=request)


async def note_transcript(response: aiohttp.ClientResponse, counters: AttemptCounters) -> None:
    """Of `/listen`: `metadata` says how long the audio was. Raises `aiohttp.ClientResponseError`
    for an error's status, which LiveKit knows how to report and does not ask for: it would look
    for a transcript in the error and call the vendor unreachable."""
    if _note_refusal(response, counters):
        raise _without_key(response)
    body = await response.json()
    metadata = body.get("metadata") if isinstance(body, dict) else None
    if isinstance(metadata, dict):
        from voicegw_deepgram.heard import HeardAudio

        HeardAudio(counters).read({**metadata, "type": "Metadata"})


def _note_refusal(response: aiohttp.ClientResponse, counters: AttemptCounters) -> bool:
    refused = response.status >= _REFUSED
    if refused:
        counters.note(http_status=response.status)
    return refused


def _without_key(response: aiohttp.ClientResponse) -> aiohttp.ClientResponseError:
    """The error that aiohttp makes holds the request's headers, and so the key."""
    asked = response.request_info
    return aiohttp.ClientResponseError(
        aiohttp.RequestInfo(
            asked.url, asked.method, CIMultiDictProxy(CIMultiDict()), asked.real_url
        ),
        (),
        status=response.status,
        message=response.reason or "",
    )


class _WatchedSession:
    """What LiveKit uses of a session while it makes one request."""

    def __init__(
        self, session: aiohttp.ClientSession, reader: Reader, counters: AttemptCounters
    ) -> None:
        self._session, self._reader, self._counters = session, reader, counters

    def post(self, *arguments: Any, **keywords: Any) -> _WatchedRequest:
        request = self._session.post(*arguments, **keywords)
        return _WatchedRequest(request, self._reader, self._counters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class _WatchedRequest:
    def __init__(self, request: Any, reader: Reader, counters: AttemptCounters) -> None:
        self._request, self._reader, self._counters = request, reader, counters

    async def __aenter__(self) -> aiohttp.ClientResponse:
        response: aiohttp.ClientResponse = await self._request.__aenter__()
        try:
            await self._reader(response, self._counters)
        except BaseException:
            await self._request.__aexit__(*sys.exc_info())
            raise
        return response

    async def __aexit__(self, *error: object) -> None:
        await self._request.__aexit__(*error)
