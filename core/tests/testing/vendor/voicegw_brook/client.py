"""What Acme's three clients share: the HTTP session, and LiveKit's errors."""

from __future__ import annotations

import contextlib

import aiohttp
from livekit.agents import APIConnectionError, APIStatusError, APITimeoutError
from livekit.agents.utils import http_context


class Client:
    def __init__(self, api_key, base_url):
        self._key, self._url = api_key, base_url
        self.closed = 0

    def headers(self):
        return {"Authorization": f"Bearer {self._key}"}

    def url(self, path):
        return f"{self._url}{path}"

    @contextlib.asynccontextmanager
    async def asking(self):
        """Turns what aiohttp raises into what LiveKit knows."""
        try:
            yield http_context.http_session()
        except TimeoutError:
            raise APITimeoutError from None
        except (aiohttp.WSServerHandshakeError, aiohttp.ClientResponseError) as error:
            raise APIStatusError("Acme refuses", status_code=error.status) from None
        except aiohttp.ClientError as error:
            raise APIConnectionError(f"Acme is gone: {type(error).__name__}") from None

    @contextlib.asynccontextmanager
    async def socket(self, path, conn_options):
        async with self.asking() as session:
            opening = session.ws_connect(self.url(path), headers=self.headers())
            async with await opening as socket:
                yield socket

    @contextlib.asynccontextmanager
    async def post(self, path, conn_options, **body):
        timeout = aiohttp.ClientTimeout(sock_read=conn_options.timeout)
        async with (
            self.asking() as session,
            session.post(
                self.url(path),
                headers=self.headers(),
                timeout=timeout,
                raise_for_status=True,
                **body,
            ) as response,
        ):
            yield response

    async def heard(self, socket, seconds=None):
        """The next message; None at the end."""
        message = await socket.receive(seconds)
        if message.type is aiohttp.WSMsgType.TEXT:
            return message.json()
        if message.type is aiohttp.WSMsgType.BINARY:
            return message.data
        if message.type is aiohttp.WSMsgType.CLOSE and message.data == 1000:
            return None
        raise APIConnectionError("Acme hung up")
