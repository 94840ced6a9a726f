"""What ElevenLabs says of a request in its response, which LiveKit's client drops.

The client is given a stand-in for its aiohttp session, through the constructor's own argument, so
nothing here leans on a private name. The stand-in hands everything through and keeps what it
could read on the attempt; what it could not read is left out, and the call goes on.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, cast

from voicegateway.authoring import current_attempt

if TYPE_CHECKING:
    import aiohttp

__all__ = ["NotingSession", "noting_session"]

_HEADERS: Final = {
    "request_id": "request-id",
    "trace_id": "x-trace-id",
    "character_count": "x-character-count",
    "character_cost": "character-cost",
}
"""https://elevenlabs.io/docs/api-reference/introduction: the cost is in credits."""
_COUNTERS: Final = ("character_cost", "character_count")
_BODY: Final = ("audio_duration_secs", "transcription_id")
"""https://elevenlabs.io/docs/api-reference/speech-to-text/convert"""


def noting_session(given: Any) -> aiohttp.ClientSession:
    """A stand-in for `given`, or for the session of the job that is running."""
    return cast("aiohttp.ClientSession", NotingSession(given or None))


class NotingSession:
    """An aiohttp session whose POST responses are read for `StreamReport.vendor`."""

    def __init__(self, given: aiohttp.ClientSession | None) -> None:
        self._given = given

    def post(self, *arguments: Any, **keywords: Any) -> _NotedRequest:
        return _NotedRequest(self._session().post(*arguments, **keywords))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session(), name)

    def _session(self) -> aiohttp.ClientSession:
        from livekit.agents.utils import http_context

        return self._given or http_context.http_session()


class _NotedRequest:
    """`async with` around one request. One that is awaited is handed through unread."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def __await__(self) -> Any:
        return self._request.__await__()

    async def __aenter__(self) -> aiohttp.ClientResponse:
        response: aiohttp.ClientResponse = await self._request.__aenter__()
        self._response = response
        with contextlib.suppress(Exception):
            current_attempt().note(**_from_headers(response))
        return response

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._response.content_type == "application/json":
                with contextlib.suppress(
                    Exception
                ):  # the client has read it and says what is wrong
                    current_attempt().note(**await _from_body(self._response))
        finally:
            await self._request.__aexit__(kind, error, trace)


def _from_headers(response: aiohttp.ClientResponse) -> dict[str, object]:
    """A header that came twice is counted, and the last one kept."""
    facts: dict[str, object] = {}
    for fact, header in _HEADERS.items():
        values = response.headers.getall(header, [])
        if values:
            facts[fact] = values[-1]
            if fact in _COUNTERS:
                facts["times_sent"] = len(values)
    return facts


async def _from_body(response: aiohttp.ClientResponse) -> dict[str, object]:
    """A body that was read is kept by aiohttp."""
    body = await response.json()
    return {name: body[name] for name in _BODY if body.get(name) is not None}
