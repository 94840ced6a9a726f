"""From what a user configures as the database to an engine."""

from __future__ import annotations

import os
import re
from os import PathLike
from pathlib import Path

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Durability, Engine, EngineFactory
from voicegateway.storage.sqlite import SqliteEngine

__all__ = ["Target", "engine_for", "scheme_of"]

Target = str | PathLike[str]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)


def scheme_of(target: Target) -> str | None:
    """The URL scheme of a target, in lower case; None for SQLite, whether a path or a URL."""
    match = _URL.fullmatch(os.fspath(target))
    if match is None or match[1].lower() == "sqlite":
        return None
    return match[1].lower()


def engine_for(
    target: Target,
    *,
    durability: Durability = "process",
    engine_factory: EngineFactory | None = None,
) -> Engine:
    """The engine for a path, a `sqlite:` URL, or any other URL through `engine_factory`.

    Raises `LedgerError` for a URL without a factory and for a target that names no file."""
    text = os.fspath(target)
    scheme = scheme_of(text)
    if scheme is None:
        return SqliteEngine(_path(text), durability=durability)
    if engine_factory is None:
        raise LedgerError(
            f"No installed ledger engine is called {scheme!r}: install the plugin that offers "
            "it, or name a file for SQLite."
        )
    return engine_factory(text, durability=durability)


def _path(text: str) -> Path:
    match = _URL.fullmatch(text)
    if match is not None:
        # As elsewhere: three slashes are a relative path, four an absolute one.
        text = match[2].removeprefix("/")
    if not text or text == ":memory:":
        raise LedgerError(f"{text!r} names no file: the ledger needs a path that it can keep.")
    return Path(text).expanduser()
