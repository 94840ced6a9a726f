"""The feed: a short memory of what was written, in order, so that it can be followed live.

Each transaction that opens or ends attempts adds one row to it, whatever the number of attempts,
and so does one that says something of a budget or of what is managed. Reading it is
`voicegateway.storage.reads.tail`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from voicegateway.storage.codes import ABANDONED
from voicegateway.storage.engine import Connection
from voicegateway.storage.rows import Closed, Key

__all__ = ["KEPT_US", "FeedKind", "News", "note", "prune_feed"]

FeedKind = Literal["rows", "budget", "config"]

KEPT_US: Final = 900_000_000
"""Microseconds for which a row is kept: who was away for longer has to load anew."""
_AT_ONCE: Final = 500
_INSERT: Final = "INSERT INTO feed (at_us, kind, body) VALUES (?, ?, ?)"
_OLDEST: Final = "SELECT id, at_us FROM feed ORDER BY id LIMIT ?"
# The newest stays, whatever its age: without it SQLite would give its id out once more.
_FORGET: Final = "DELETE FROM feed WHERE id <= ? AND id < (SELECT MAX(id) FROM feed)"


class News:
    """What one transaction has to say of attempts."""

    __slots__ = ("_abandoned", "_ended", "_opened")

    def __init__(self) -> None:
        self._opened: list[str] = []
        self._abandoned: list[str] = []
        self._ended: list[str] = []

    def opened(self, keys: Iterable[Key]) -> None:
        self._opened += [f"{call_id}-{attempt}" for call_id, attempt in keys]

    def ended(self, rows: Iterable[Closed]) -> None:
        for row in rows:
            kept = self._abandoned if row.outcome == ABANDONED else self._ended
            kept.append(f"{row.head[0]}-{row.head[1]}")

    def write(self, connection: Connection) -> None:
        """Before the commit."""
        body = {"opened": self._opened, "abandoned": self._abandoned, "ended": self._ended}
        said = {name: ids for name, ids in body.items() if ids}
        if said:
            note(connection, "rows", said)


def note(connection: Connection, kind: FeedKind, body: Mapping[str, object]) -> None:
    """In the transaction of what it tells of. The time is that of this machine: it only says when
    the row may be forgotten."""
    text = json.dumps(body, separators=(",", ":"))
    connection.change(_INSERT, (time.time_ns() // 1000, kind, text))


def prune_feed(connection: Connection) -> None:
    """Forgets what is old, some of it at a time."""
    horizon = time.time_ns() // 1000 - KEPT_US
    old = [key for key, at_us in connection.execute(_OLDEST, (_AT_ONCE,)) if at_us < horizon]
    if old:
        connection.change(_FORGET, (old[-1],))
