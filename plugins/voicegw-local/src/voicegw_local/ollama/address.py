"""Where the Ollama server is."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

__all__ = ["DEFAULT", "VARIABLE", "server_address", "shown"]

DEFAULT = "http://127.0.0.1:11434"
VARIABLE = "OLLAMA_HOST"

_PORT = 11434
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - what a server is told to hear
_FIRST = "the address of an Ollama server, such as http://127.0.0.1:11434"


def server_address(base_url: str | None) -> str:
    """`base_url`, else `$OLLAMA_HOST`, read as Ollama itself reads it, else the default; without a
    slash at the end. Raises `ValueError` for what cannot be an address."""
    where, given = "base_url", (base_url or "").strip()
    if not given:
        where, given = VARIABLE, os.environ.get(VARIABLE, "").strip(" \t\"'")
    if not given:
        return DEFAULT
    try:
        return _normal(given)
    except ValueError as error:
        raise ValueError(f"The provider 'ollama' needs in {where} {_FIRST} ({error}).") from None


def shown(address: str) -> str:
    """The address without a login, for messages."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _normal(given: str) -> str:
    bare = "://" not in given
    parts = urlsplit(f"http://{given}" if bare else given)
    if parts.scheme not in ("http", "https"):
        raise ValueError("it begins with neither http:// nor https://")
    path = parts.path.rstrip("/")
    if path.endswith("/v1"):
        raise ValueError("without /v1: that is its OpenAI-compatible interface, which is not used")
    host = parts.hostname or "127.0.0.1"
    host = _ANYWHERE.get(host, f"[{host}]" if ":" in host else host)
    port = parts.port or (_PORT if bare else None)  # `.port` raises for one that is no number
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    netloc = f"{login}{host}:{port}" if port else f"{login}{host}"
    return urlunsplit((parts.scheme, netloc, path, "", ""))
