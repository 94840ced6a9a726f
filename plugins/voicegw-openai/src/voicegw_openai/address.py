"""Where OpenAI is: the root URL that a user gives, completed to what each client takes."""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from voicegateway.types import ProviderSettings

__all__ = ["OFFICIAL", "RESIDENCY", "api_url", "completed", "residency", "responses_socket_url"]

OFFICIAL: Final = "https://api.openai.com/v1"
VARIABLE: Final = "OPENAI_BASE_URL"
RESIDENCY: Final = "data_residency"
"""The add-on of calls to a regional endpoint."""

_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_VERSION: Final = "/v1"
_REGIONAL: Final = re.compile(r"[a-z]{2}\.api\.openai\.com")


def api_url(settings: ProviderSettings) -> str | None:
    """The URL that OpenAI's client takes, ending in `/v1` unless a path was given: the settings'
    `base_url`, else the variable `OPENAI_BASE_URL`. None: OpenAI's own. Raises `ValueError`."""
    given = settings.base_url or os.environ.get(VARIABLE)
    return completed(given) if given else None


def responses_socket_url(url: str | None) -> str | None:
    """Where the Responses API listens for WebSockets: LiveKit takes that URL whole."""
    if url is None:
        return None
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit(parts._replace(scheme=scheme, path=f"{parts.path}/responses"))


def residency(url: str | None) -> frozenset[str]:
    """The add-on that a regional endpoint, such as eu.api.openai.com, brings with it.
    Source: https://developers.openai.com/api/docs/guides/data-residency"""
    host = urlsplit(url or OFFICIAL).hostname or ""
    return frozenset({RESIDENCY}) if _REGIONAL.fullmatch(host) else frozenset()


def completed(given: str) -> str:
    """Ends in `/v1` unless a path was given. Raises `ValueError`."""
    parts = urlsplit(given.strip())
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(
            "The provider 'openai' has a base_url that is no http or https address: it is like "
            f"{OFFICIAL}."
        )
    path = parts.path.rstrip("/") or _VERSION
    return urlunsplit(parts._replace(scheme=_SCHEMES[parts.scheme], path=path, fragment=""))
