"""Where ElevenLabs is."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from voicegateway.types import ProviderSettings

__all__ = ["DEFAULT", "api_root", "key_header"]

DEFAULT: Final = "https://api.elevenlabs.io/v1"

_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""LiveKit's client makes `ws` out of `http` where it needs it, and not the other way round."""


def api_root(settings: ProviderSettings) -> str:
    """`base_url` as LiveKit's client wants it, with the version and without a slash at the end.
    Raises `ValueError` for what is no URL."""
    given = (settings.base_url or "").strip()
    if not given:
        return DEFAULT
    parts = urlsplit(given)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise ValueError(
            f"The provider {settings.provider!r} needs a base_url such as "
            f"https://api.eu.residency.elevenlabs.io and was given {given!r}."
        )
    return f"{_SCHEMES[parts.scheme]}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def key_header(settings: ProviderSettings) -> dict[str, str]:
    """The header that carries the key; empty without one."""
    return {"xi-api-key": settings.api_key.reveal()} if settings.api_key else {}
