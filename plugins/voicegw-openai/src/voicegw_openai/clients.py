"""OpenAI's client for each of our objects, cheap to make and watched for what LiveKit drops.

What is dear about a client is reading the certificates for TLS: 80 ms of CPU that would block the
agent's loop, where the rest takes 0.4. So the certificates are shared by the process and the client
is not: its connections belong to one event loop, and whoever closes an object closes no other's.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any, Final

import openai

from voicegw_openai import watching
from voicegw_openai.address import OFFICIAL

if TYPE_CHECKING:
    import ssl

    from voicegateway.types import ProviderSettings

__all__ = ["Client", "make_client", "tls_context"]

_HTTP: Final[Any] = importlib.import_module(
    openai.DefaultAsyncHttpxClient.__base__.__module__.partition(".")[0]
)
"""The HTTP library that OpenAI's client is made of: httpx up to openai 2, httpx2 from openai 3."""
_TIMEOUT: Final = _HTTP.Timeout(connect=15.0, read=5.0, write=5.0, pool=5.0)
_LIMITS: Final = _HTTP.Limits(
    max_connections=50, max_keepalive_connections=50, keepalive_expiry=120
)
"""Both are what livekit-plugins-openai gives a client of its own."""


class Client:
    """OpenAI's client and whether it is ours to close."""

    def __init__(self, sdk: openai.AsyncClient, *, ours: bool) -> None:
        self.sdk = sdk
        self._ours = ours

    async def aclose(self) -> None:
        if self._ours:
            await self.sdk.close()


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The machine's certificates, read once."""
    made: ssl.SSLContext = _HTTP.create_ssl_context()
    return made


def make_client(
    settings: ProviderSettings,
    url: str | None,
    *,
    given: openai.AsyncClient | None = None,
    timeout: openai.Timeout | None = None,
    max_retries: int = 0,
) -> Client:
    """A client whose answers are watched. One that the caller has made is used through a copy,
    which shares its connections, and is left open."""
    if given is not None:
        return Client(watched(given.copy()), ours=False)
    sdk = openai.AsyncClient(
        api_key=settings.api_key.reveal() if settings.api_key else None,
        base_url=url or OFFICIAL,  # else the client reads the variable that we have read
        max_retries=max_retries,
        http_client=_HTTP.AsyncClient(
            verify=tls_context(),
            timeout=timeout or _TIMEOUT,
            follow_redirects=True,
            limits=_LIMITS,
        ),
    )
    return Client(watched(sdk), ours=True)


def watched(sdk: openai.AsyncClient) -> openai.AsyncClient:
    """Shadow, on this one client, the three public calls whose answers carry usage."""
    calls: Any = sdk
    calls.chat.completions.create = watching.completions(calls.chat.completions.create)
    calls.responses.create = watching.responses(calls.responses.create)
    calls.audio.transcriptions.create = watching.transcriptions(calls.audio.transcriptions.create)
    return sdk
