"""Whether anything was committed since one last asked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final, Protocol

import aiosqlite

from voicegateway.storage.engine import Engine
from voicegateway.storage.sqlite import SqliteEngine

__all__ = ["Changes", "changes_of"]

_LOOK_SECONDS: Final = 5.0
"""After which the file itself is looked at, in case another one stands in its place."""


class Changes(Protocol):
    """Belongs to one event loop."""

    pause: float
    """Seconds between two questions."""

    async def any(self) -> bool:
        """Whether to read. True at first."""

    async def close(self) -> None: ...


def changes_of(engine: Engine) -> Changes:
    """For SQLite a counter that it keeps anyway; of other engines only a read tells."""
    return _SqliteChanges(engine.path) if isinstance(engine, SqliteEngine) else _Unknown()


class _Unknown:
    pause = 0.25

    async def any(self) -> bool:
        return True

    async def close(self) -> None:
        return


class _SqliteChanges:
    """`PRAGMA data_version`: reads no table, and is another number after each commit of another
    connection, whichever process it is in."""

    pause = 0.1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._version: int | None = None
        self._look_at = 0.0

    async def any(self) -> bool:
        if time.monotonic() >= self._look_at:
            await self.close()
            self._look_at = time.monotonic() + _LOOK_SECONDS
        try:
            version = await self._data_version()
        except aiosqlite.Error:  # whoever reads the ledger says what is the matter
            await self.close()
            return True
        changed, self._version = version != self._version, version
        return changed

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        self._version = None
        if connection is not None:
            await connection.close()

    async def _data_version(self) -> int:
        if self._connection is None:
            where = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = await aiosqlite.connect(where, uri=True, isolation_level=None)
        async with self._connection.execute("PRAGMA data_version") as cursor:
            row = await cursor.fetchone()
        return 0 if row is None else int(row[0])
