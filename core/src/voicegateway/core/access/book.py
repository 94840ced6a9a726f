"""The store's keys as this process knows them: read again when they are asked for and what is
known is older than a second, so that a key that was revoked elsewhere is dead as soon."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from voicegateway.core.access.scopes import Identity, implied, parse_scopes
from voicegateway.errors import AccessError, LedgerError
from voicegateway.storage.keys import KeyRow, KeyStore

__all__ = ["Book"]

_log = logging.getLogger("voicegateway.access")

_FRESH_SECONDS: Final = 1.0
_NOTE_US: Final = 60_000_000
"""A key's last use is written at most once in so long."""


class Book:
    """One process's. May be used from any thread."""

    def __init__(self, store: KeyStore, wall: Callable[[], float] = time.time) -> None:
        self._store = store
        self._wall = wall
        self._reading = threading.Lock()
        self._rows: Mapping[str, KeyRow] = {}
        self._read_at = float("-inf")
        self._used: dict[str, int] = {}

    @property
    def fresh(self) -> bool:
        """Whether what is known may be relied on."""
        return time.monotonic() - self._read_at < _FRESH_SECONDS

    @property
    def rows(self) -> Sequence[KeyRow]:
        """All keys ever made."""
        return list(self._rows.values())

    def refresh(self) -> None:
        """Waits for the database, unless the book is fresh. Raises `LedgerError`."""
        with self._reading:
            if self.fresh:
                return
            begun = time.monotonic()
            self._rows = {row.id: row for row in self._store.rows()}
            self._read_at = begun
            self._write_uses()

    def forget(self) -> None:
        """What is known is old: this process has just changed a key."""
        self._read_at = float("-inf")

    def row(self, key_id: str, *, dead: bool = False) -> KeyRow | None:
        """The key if it holds now; with `dead`, also if it does not any longer."""
        found = self._rows.get(key_id)
        return found if found is not None and (dead or holds(found, self._now_us())) else None

    def identity(self, key_id: str) -> Identity | None:
        """Who comes with it; None if it does not hold."""
        row = self.row(key_id)
        if row is None:
            return None
        try:
            scopes = implied(parse_scopes(row.scopes))
        except AccessError:  # a newer version's: it may not do what we do not know
            return None
        return Identity(row.name, scopes, row.id)

    def note_use(self, key_id: str) -> None:
        """Remembered; written when the book is next refreshed or closed."""
        row, now = self._rows.get(key_id), self._now_us()
        if row is not None and now - (row.used_us or 0) >= _NOTE_US:
            self._used[key_id] = now

    def close(self) -> None:
        """Writes what is remembered."""
        with self._reading:
            self._write_uses()

    def _write_uses(self) -> None:
        used, self._used = self._used, {}
        if not used:
            return
        try:
            self._store.note_uses(used)
        except LedgerError as error:  # nobody is kept out for that
            _log.debug("when keys were last used could not be written: %s", error)

    def _now_us(self) -> int:
        return int(self._wall() * 1e6)


def holds(row: KeyRow, now_us: int) -> bool:
    """Neither revoked nor expired."""
    return row.revoked_us is None and (row.expires_us is None or now_us < row.expires_us)
