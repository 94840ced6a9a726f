"""How the names of projects, sessions, providers and models are kept."""

from __future__ import annotations

import hashlib
from typing import Final

__all__ = ["kept_name"]

_MOST: Final = 300
"""Characters. Two of them are found through one index of PostgreSQL, whose entries end at 2,700
bytes; no name that means anything to anybody is longer."""


def kept_name(name: str) -> str:
    """The name itself; of one beyond any sense its beginning and a digest of the whole, so that
    different names stay different."""
    if len(name) <= _MOST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{name[: _MOST - len(digest) - 1]}…{digest}"
