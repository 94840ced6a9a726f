"""The tools over HTTP: an ASGI application for `/mcp` of a larger one.

The SDK takes a second and 25 MB to load, which a server that nobody asks for tools is spared: it
is loaded with the first request whose token is good. Each request stands for itself: nothing is
kept of a client between two of them, so that any number of processes may serve it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread

from voicegateway.mcp.addresses import check_addresses
from voicegateway.mcp.bodies import LONGEST, checked, replayed, whole
from voicegateway.mcp.faults import Fault
from voicegateway.mcp.tokens import identify

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.types import Receive, Scope, Send

    from voicegateway.core.access import Authenticator, Identity
    from voicegateway.operations import Operations

__all__ = ["IDENTITY", "Endpoint"]

_log = logging.getLogger("voicegateway.mcp")

IDENTITY: Final = "voicegateway.identity"
"""Where in a request's ASGI scope it is said who sent it."""
_KEYS_AT_ONCE: Final = 4
_STATUS: Final = {
    "BAD_REQUEST": 400,
    "UNAUTHENTICATED": 401,
    "ORIGIN_REFUSED": 403,
    "PAYLOAD_TOO_LARGE": 413,
    "HOST_REFUSED": 421,
    "TOO_MANY_ATTEMPTS": 429,
    "UNAVAILABLE": 503,
}


class Endpoint:
    """Serves while `running`. `origins` are those of `server.cors_origins`."""

    def __init__(
        self, operations: Operations, access: Authenticator, origins: Collection[str]
    ) -> None:
        self._operations = operations
        self._access = access
        self._origins = origins
        self._threads = anyio.CapacityLimiter(_KEYS_AT_ONCE)
        self._wanted = asyncio.Event()
        self._ready = asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For the lifespan of the application that it is part of."""
        task = asyncio.create_task(self._serve())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope[IDENTITY] = await self._admitted(scope)
            body = await whole(receive)
            if body is None:
                return
            manager = await self._loaded()
            again = replayed(checked(body) if scope["method"] == "POST" else body, receive)
        except Fault as fault:
            await _refuse(send, fault)
            return
        await manager.handle_request(scope, again, send)

    async def _admitted(self, scope: Scope) -> Identity:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        check_addresses(headers, _address(scope.get("server")), self._origins)
        return await identify(self._access, headers, _address(scope.get("client")), self._threads)

    async def _loaded(self) -> StreamableHTTPSessionManager:
        self._wanted.set()
        await self._ready.wait()
        if self._manager is None:
            raise Fault("UNAVAILABLE", "The tools cannot be served: the server's log says why.")
        return self._manager

    async def _serve(self) -> None:
        """One task's from beginning to end, as the SDK wants it."""
        await self._wanted.wait()
        try:
            manager = await anyio.to_thread.run_sync(self._made)
            async with manager.run():
                self._manager = manager
                self._ready.set()
                await asyncio.Event().wait()
        except Exception:  # noqa: BLE001 - a broken SDK must not take the API with it
            _log.exception("the tools cannot be served")
        finally:
            self._manager = None
            self._ready.set()

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from voicegateway.mcp.server import build_server

        server = build_server(self._operations, lambda context: _identity(context.request))
        return StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=LONGEST
        )


def _identity(request: Any) -> Identity:
    found: Identity = request.scope[IDENTITY]
    return found


def _address(end: tuple[str, int | None] | None) -> str:
    """Of one end of the connection; empty where it has none, as with a Unix socket."""
    return end[0] if end else ""


async def _refuse(send: Send, fault: Fault) -> None:
    body = json.dumps(fault.to_json()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if fault.code == "UNAUTHENTICATED":
        headers.append((b"www-authenticate", b'Bearer realm="voicegateway"'))
    if "retry_after_seconds" in fault.details:
        headers.append((b"retry-after", b"%d" % fault.details["retry_after_seconds"]))
    await send({"type": "http.response.start", "status": _STATUS[fault.code], "headers": headers})
    await send({"type": "http.response.body", "body": body})
