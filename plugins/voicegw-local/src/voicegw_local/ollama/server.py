"""The HTTP conversation with an Ollama server: https://docs.ollama.com/api"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from livekit.agents import APIError, APITimeoutError

from voicegw_local.ollama import failures
from voicegw_local.ollama.address import shown

__all__ = ["OllamaServer"]

_LINE = 1 << 20  # bytes: one may hold all arguments of a tool call
_ERROR = 1 << 16  # bytes of an error that are read

Line = dict[str, Any]


class OllamaServer:
    """One server. Every request has a connection of its own, which is closed with it: that is how
    Ollama learns that nobody listens any more, and stops."""

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def address(self) -> str:
        """Without a login."""
        return shown(self._address)

    async def get(self, path: str, timeout: float) -> Line:  # noqa: ASYNC109 - of the request
        """One JSON answer within so many seconds. Raises LiveKit's `APIError`s."""
        async with self._ask("GET", path, None, "", timeout) as response:
            return _parsed(await _within(timeout, response.read()))

    async def load(self, body: Mapping[str, Any], *, seconds: float, connect: float) -> None:
        """Have a model loaded. Raises LiveKit's `APIError`s."""
        model = str(body["model"])
        try:
            async with self._ask("POST", "/api/chat", body, model, seconds, connect) as response:
                _checked(model, _parsed(await _within(seconds, response.read())))
        except APITimeoutError:
            raise failures.not_loaded_in_time(model, seconds) from None

    async def chat(
        self,
        body: Mapping[str, Any],
        timeout: float,  # noqa: ASYNC109 - between two lines
    ) -> AsyncGenerator[Line]:
        """The lines of an answer; the last one is `done`. Raises LiveKit's `APIError`s, after
        `timeout` seconds of silence too."""
        model = str(body["model"])
        async with self._ask("POST", "/api/chat", body, model, timeout) as response:
            while raw := await _within(timeout, response.content.readline()):
                line = _checked(model, _parsed(raw))
                yield line
                if line.get("done"):
                    return
        raise failures.broken_off()

    @contextlib.asynccontextmanager
    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        model: str,
        answer: float,
        connect: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A response with its head read, within `answer` seconds."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=connect or answer)
        try:
            async with aiohttp.ClientSession(timeout=limits, read_bufsize=_LINE) as session:
                url = f"{self._address}{path}"
                response = await _within(answer, session.request(method, url, json=body))
                async with response:
                    if response.status != HTTPStatus.OK:
                        raise await _refusal(model, response)
                    yield response
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise failures.unreachable(self.address, type(error).__name__) from None
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, OSError):
            raise failures.broken_off() from None
        except aiohttp.ClientError:
            raise failures.misunderstood() from None


async def _within(seconds: float, awaited: Any) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await awaited
    except TimeoutError as error:
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            raise
        raise failures.silent(seconds) from None
    except (ValueError, HttpProcessingError):  # aiohttp, by version: a line longer than its buffer
        raise failures.misunderstood() from None


async def _refusal(model: str, response: aiohttp.ClientResponse) -> APIError:
    raw = await _within(5.0, response.content.read(_ERROR))
    try:
        said = str(_parsed(raw).get("error", ""))
    except APIError:
        said = ""
    return failures.refused(model, response.status, said)


def _checked(model: str, line: Line) -> Line:
    if "error" in line:
        raise failures.refused(model, int(HTTPStatus.INTERNAL_SERVER_ERROR), str(line["error"]))
    return line


def _parsed(raw: bytes) -> Line:
    try:
        line = json.loads(raw)
    except ValueError:
        raise failures.misunderstood() from None
    if not isinstance(line, dict):
        raise failures.misunderstood()
    return line
