"""A vendor's cloud on the loopback interface: it speaks the vendor's protocol to the vendor's own
client, and fails when told to. Needs aiohttp, which LiveKit brings.

    class AcmeCloud(LoopbackCloud):
        def add_routes(self, router):
            router.add_post("/v1/speak", self.speak)

        async def speak(self, request):
            return web.Response(body=bytes(48000), content_type="audio/pcm")

    async with AcmeCloud() as cloud:
        tts = inference.TTS("acme/swift-1", base_url=cloud.url, api_key=cloud.key)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from aiohttp import WSMsgType, web

__all__ = ["Fault", "LoopbackCloud", "Received"]


class Fault(StrEnum):
    """What a cloud can be told to do wrong."""

    WRONG_KEY = "wrong_key"
    """Refuse the key: 401."""
    RATE_LIMITED = "rate_limited"
    """429, with Retry-After."""
    SERVER_ERROR = "server_error"
    """500."""
    HANG = "hang"
    """Take the request and never answer."""
    CLOSE_MID_STREAM = "close_mid_stream"
    """Answer in part, then drop the connection."""
    NO_USAGE = "no_usage"
    """Leave out the vendor's counters."""
    USAGE_TWICE = "usage_twice"
    """Send them twice."""


_GOODBYES = {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}
_STATUS = {Fault.WRONG_KEY: 401, Fault.RATE_LIMITED: 429, Fault.SERVER_ERROR: 500}


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class LoopbackCloud:
    """Base class: implement `add_routes`, and `authorized` where the vendor's key is not a bearer
    token. Handlers of a stream ask `fails(...)` for the faults that concern them."""

    key = "test-key-0123456789abcdef"
    retry_after = 1

    def __init__(self, fault: Fault | None = None, *, times: int | None = None) -> None:
        self.fault = fault
        self.times = times
        """How many requests fail before all is well again; None: all of them."""
        self.received: list[Received] = []
        self.messages: list[Any] = []
        """What came over WebSockets: parsed JSON, or bytes. Handlers append to it."""
        self._current: Fault | None = None
        self._closing = asyncio.Event()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        raise NotImplementedError

    def authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.key}"

    def error_body(self, status: int) -> Any:
        """The vendor's JSON for an error."""
        return {"error": {"message": f"scripted {status}", "code": status}}

    def fails(self, fault: Fault) -> bool:
        """Whether the request that is being answered is to suffer this fault."""
        return self._current is fault

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Accept a WebSocket; after `Fault.HANG` it is open and silent."""
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        if self.fails(Fault.HANG):
            await self._say_nothing(socket)
        return socket

    async def _say_nothing(self, socket: web.WebSocketResponse) -> None:
        """Read what comes, or else the client's goodbye would go unheard."""
        closing = asyncio.ensure_future(self._closing.wait())
        while not closing.done():
            message = asyncio.ensure_future(socket.receive())
            await asyncio.wait((closing, message), return_when=asyncio.FIRST_COMPLETED)
            if not message.done():
                message.cancel()
                await asyncio.gather(message, return_exceptions=True)
            elif message.exception() is not None or message.result().type in _GOODBYES:
                break
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)

    async def hang(self) -> None:
        """Until the cloud is closed."""
        await self._closing.wait()

    @staticmethod
    async def drop(request: web.Request) -> None:
        """Cut the connection without a goodbye."""
        if request.transport is not None:
            request.transport.abort()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._answer], client_max_size=0)  # no limit
        self.add_routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        body = b"" if upgrade else await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(
            Received(request.method, request.path, dict(request.query), headers, body)
        )
        self._current = self._next_fault()
        status = _STATUS.get(self._current) if self._current is not None else None
        if status is None and not self.authorized(request):
            status = 401
        if status is not None:
            more = {"Retry-After": str(self.retry_after)} if status == 429 else {}
            return web.json_response(self.error_body(status), status=status, headers=more)
        if self.fails(Fault.HANG) and not upgrade:
            await self.hang()
        response: web.StreamResponse = await handler(request)
        return response

    def _next_fault(self) -> Fault | None:
        if self.fault is None or self.times == 0:
            return None
        if self.times is not None:
            self.times -= 1
        return self.fault
