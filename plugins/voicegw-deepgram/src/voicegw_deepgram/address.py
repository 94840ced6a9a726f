"""Deepgram's addresses. LiveKit wants the full path of one interface; a config names the host."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import urlsplit

__all__ = ["endpoint", "key_check", "project_root"]

_ROOT: Final = "https://api.deepgram.com"
_PATH: Final = re.compile(r"(/v\d+)?(/(listen|speak))?/*$")
_SCHEMES: Final = {"http", "https", "ws", "wss"}


def endpoint(
    base_url: str | None, version: Literal["v1", "v2"], interface: Literal["listen", "speak"]
) -> str:
    """The full address of one interface. LiveKit itself turns `http` into `ws` and back."""
    return f"{_root(base_url)}/{version}/{interface}"


def key_check(base_url: str | None) -> str:
    """Says what a key may do, and costs nothing
    (https://developers.deepgram.com/docs/authenticating)."""
    root = _root(base_url)
    return f"{re.sub('^ws', 'http', root)}/v1/auth/token"


def project_root(base_url: str | None, project: str) -> str:
    """Where the reports of one project are."""
    return f"{re.sub('^ws', 'http', _root(base_url))}/v1/projects/{project}"


def _root(base_url: str | None) -> str:
    """What stands before `/v1/...`; raises `ValueError` for what is no address."""
    given = (base_url or _ROOT).strip()
    if urlsplit(given).scheme not in _SCHEMES or not urlsplit(given).netloc:
        raise ValueError(
            "The provider 'deepgram' needs in base_url an address such as https://api.deepgram.com."
        )
    return _PATH.sub("", given)
