"""A reverse proxy on the loopback interface, in front of a vendor: it passes everything on as it
is, HTTP, server-sent events and WebSocket, and keeps a tape of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Final, Literal, Self

import aiohttp
from aiohttp import WSMsgType, web
from yarl import URL

from voicegateway.testing.recorder.tape import Tape
from voicegateway.testing.recordings.model import NEVER_SENT

__all__ = ["RecordingProxy", "stand_in"]

_HOP: Final = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "host", "content-length", "content-encoding"}
    | {"accept-encoding"}
)
"""Headers that concern one connection, or the form of a body, which is passed on plain."""

_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

_Socket = aiohttp.ClientWebSocketResponse | web.WebSocketResponse
_current: ContextVar[Tape] = ContextVar("voicegw_recorder_tape")


class RecordingProxy:
    """`async with RecordingProxy("https://api.example.com/v1") as proxy`: `proxy.url` is what to
    use in place of that address."""

    def __init__(self, upstream: str) -> None:
        self._upstream = URL(upstream)
        self.tapes: list[Tape] = []

    @property
    def url(self) -> str:
        return stand_in(str(self._upstream), f"http://127.0.0.1:{self._port}")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        watch = aiohttp.TraceConfig()
        watch.on_request_end.append(_note_answer)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None), trace_configs=[watch]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        tape = Tape(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            is_websocket=request.headers.get("Upgrade", "").lower() == "websocket",
        )
        self.tapes.append(tape)
        _current.set(tape)
        try:
            if tape.is_websocket:
                return await self._pass_messages(request, tape)
            return await self._pass_body(request, tape)
        except aiohttp.ClientError:
            tape.status = tape.status or 502
            return web.Response(status=tape.status)

    def _target(self, request: web.Request) -> URL:
        scheme = _SCHEMES[self._upstream.scheme]
        return URL(f"{scheme}://{self._upstream.authority}{request.path_qs}", encoded=True)

    async def _pass_body(self, request: web.Request, tape: Tape) -> web.StreamResponse:
        body = await request.read()
        tape.add("client", body)
        async with self._session.request(
            request.method,
            self._target(request),
            headers={**_passing(request.headers), "Accept-Encoding": "identity"},
            data=body or None,
            allow_redirects=False,
        ) as answer:
            response = web.StreamResponse(status=answer.status, headers=_passing(answer.headers))
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                tape.add("server", piece)
                await response.write(piece)
        await response.write_eof()
        return response

    async def _pass_messages(self, request: web.Request, tape: Tape) -> web.StreamResponse:
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [name.strip() for name in offered.split(",") if name.strip()]
        async with self._session.ws_connect(
            self._target(request),
            headers=_passing(request.headers, "sec-websocket-"),
            protocols=protocols,
            max_msg_size=0,
        ) as server:
            client = web.WebSocketResponse(protocols=protocols, heartbeat=None, max_msg_size=0)
            await client.prepare(request)
            await _pump_both(client, server, tape)
        return client


def stand_in(upstream: str, server: str) -> str:
    """An address at `server`, an `http:` one, that stands in for `upstream`: with its path, and
    `ws:` where that is a WebSocket's."""
    url = URL(upstream)
    local = URL(server).with_scheme("ws") if url.scheme in ("ws", "wss") else URL(server)
    return f"{local.origin()}{url.raw_path.rstrip('/')}"


def _passing(headers: Mapping[str, str], but: str = "none") -> dict[str, str]:
    """The headers that are passed on."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _HOP and not name.lower().startswith(but)
    }


async def _note_answer(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    """Asked for by a trace, since a WebSocket shows the headers it was opened with to nobody."""
    tape, answer = _current.get(), ended.response
    tape.status = answer.status
    tape.answer_headers = {name.lower(): value for name, value in answer.headers.items()}
    tape.cookies = [cookie.value for cookie in answer.cookies.values()]


async def _pump_both(
    client: web.WebSocketResponse, server: aiohttp.ClientWebSocketResponse, tape: Tape
) -> None:
    """Until both directions have ended: the end of one closes the other's socket."""
    hearing = asyncio.create_task(_pump(client, server, tape, "client"))
    try:
        await _pump(server, client, tape, "server")
        await hearing
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def _pump(
    source: _Socket, target: _Socket, tape: Tape, by: Literal["client", "server"]
) -> None:
    async for message in source:
        if target.closed:
            return
        tape.add(by, message.data)
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        else:
            await target.send_bytes(message.data)
    if target.closed:  # it was the other side that ended this
        return
    code = source.close_code or 1000
    code = NEVER_SENT.get(code, code)
    if by == "server":
        tape.add("server", code)
    await target.close(code=code)
