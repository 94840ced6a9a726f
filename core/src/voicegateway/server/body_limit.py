"""Bodies that are too large are refused, before they are read where they say how large they are."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voicegateway.server.problems import problem

__all__ = ["BodyLimit"]


class BodyLimit:
    """`limits` by path, in bytes; `most` for all others."""

    def __init__(self, app: ASGIApp, most: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._most = most
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        most = self._limits.get(scope["path"], self._most)
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most:
            refusal = problem(413, "PAYLOAD_TOO_LARGE", _sentence(most))
            return await refusal(scope, receive, send)
        return await self._app(scope, _counted(receive, most), send)


def _counted(receive: Receive, most: int) -> Receive:
    got = 0

    async def counting() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413, _sentence(most))
        return message

    return counting


def _sentence(most: int) -> str:
    return f"The body is larger than the {most:,} bytes that are read here: send less."
