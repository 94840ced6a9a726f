"""Ledger engines other than SQLite: entry points in `voicegw.storage`, named by URL scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from voicegateway.core.discovery import scan
from voicegateway.storage.targets import scheme_of

if TYPE_CHECKING:
    from voicegateway.storage.engine import EngineFactory

__all__ = ["ENGINE_GROUP", "engine_factory"]

ENGINE_GROUP = "voicegw.storage"


def engine_factory(target: str) -> EngineFactory | None:
    """The installed engine for a ledger's URL; None for SQLite, or where no plugin offers it.
    Loads that one plugin."""
    scheme = scheme_of(target)
    if scheme is None:
        return None
    for found in scan(ENGINE_GROUP):
        if found.name == scheme:
            return cast("EngineFactory", found.load())
    return None
