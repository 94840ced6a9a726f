"""The vendor's server of a recording: it says what it said then to whoever asks for its path."""

from __future__ import annotations

import asyncio
import itertools
from typing import Final

from aiohttp import web

from voicegateway.testing.cloud import LoopbackCloud
from voicegateway.testing.recordings.answers import NoSuchValueError, Spoken, as_bytes
from voicegateway.testing.recordings.model import Await, Close, Event, Recording, SendBytes

__all__ = ["ReplayCloud"]

_GAP_MS: Final = 2
"""Longer pauses of the recording are cut to this: enough for a client to see two events as two."""
_ACCEPTED: Final = frozenset({101, 200})
"""What a recording may call the status of a WebSocket that was opened."""
_BROKEN_OFF: Final = 1011


class ReplayCloud(LoopbackCloud):
    """Plays `recording.exchange` to every request for its method and path, whatever its key; to
    any other it answers 404. `messages` holds what clients said: parsed JSON, other text, bytes.

        async with ReplayCloud(read_recording(path)) as cloud:
            stt = inference.STT("acme/swift-1", base_url=cloud.url, api_key=cloud.key)
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.exchange = recording.exchange
        self.waiting: Await | None = None
        """What the exchange waits for and the client has not said yet."""
        self.trouble: str | None = None
        """Why the exchange could not be played to its end."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/{path:.*}", self._play)

    def authorized(self, request: web.Request) -> bool:  # noqa: ARG002 - the base class asks
        return True

    def plays(self, method: str, path: str) -> bool:
        """Whether the exchange is played to such a request."""
        return (method, path) == (self.exchange.method, self.exchange.path)

    async def _play(self, request: web.Request) -> web.StreamResponse:
        if not self.plays(request.method, request.path):
            return web.json_response(self.error_body(404), status=404)
        if self.exchange.transport == "websocket" and self.exchange.status in _ACCEPTED:
            return await self._converse(request)
        spoken = Spoken()
        body = await request.read()
        if body:
            self.messages.append(spoken.hear_body(body))
        try:
            return await self._answer_once(request, spoken)
        except NoSuchValueError as error:
            self.trouble = str(error)
            return web.json_response(self.error_body(500), status=500)

    async def _answer_once(self, request: web.Request, spoken: Spoken) -> web.StreamResponse:
        is_sse = self.exchange.transport == "sse"
        parts = [as_bytes(event, spoken, sse=is_sse) for event in self.exchange.events]
        status, headers = self.exchange.status, self.exchange.headers
        if not is_sse:
            return web.Response(status=status, headers=headers, body=b"".join(parts))
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        for pause, part in zip(_pauses(self.exchange.events), parts, strict=True):
            await asyncio.sleep(pause)
            await response.write(part)
        await response.write_eof()
        return response

    async def _converse(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=None)
        socket.headers.update(self.exchange.headers)
        await socket.prepare(request)
        spoken = Spoken()
        speaking = asyncio.create_task(self._speak(socket, spoken))
        try:
            async for message in socket:
                self.messages.append(spoken.hear(message.data))
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        return socket

    async def _speak(self, socket: web.WebSocketResponse, spoken: Spoken) -> None:
        events = self.exchange.events
        try:
            for pause, event in zip(_pauses(events), events, strict=True):
                await asyncio.sleep(pause)
                await self._say(socket, event, spoken)
        except ConnectionError:  # the client has hung up
            return
        except NoSuchValueError as error:
            self.trouble = str(error)
            await socket.close(code=_BROKEN_OFF)

    async def _say(self, socket: web.WebSocketResponse, event: Event, spoken: Spoken) -> None:
        match event:
            case Await():
                self.waiting = event
                await spoken.wait_for(event)
                self.waiting = None
            case Close():
                await socket.close(code=event.code)
            case SendBytes():
                await socket.send_bytes(event.data)
            case _:
                await socket.send_str(as_bytes(event, spoken).decode())


def _pauses(events: tuple[Event, ...]) -> list[float]:
    """Seconds before each event."""
    times = [0, *(event.at_ms for event in events)]
    return [min(after - before, _GAP_MS) / 1000 for before, after in itertools.pairwise(times)]
