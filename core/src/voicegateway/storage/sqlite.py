"""The ledger in one SQLite file, through the standard library."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Connection, Durability, Row, Trouble, TroubleKind, Value

__all__ = ["SqliteConnection", "SqliteEngine"]

_BUSY_MS: Final = 20
"""How long a statement waits for another process's lock. Short: the writer tries again itself,
sooner than SQLite's own wait, which backs off to 100 ms."""
_READER_BUSY_MS: Final = 5000

_KINDS: Final[dict[int, TroubleKind]] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "unwritable",
    sqlite3.SQLITE_CANTOPEN: "unwritable",
    sqlite3.SQLITE_PERM: "unwritable",
    sqlite3.SQLITE_AUTH: "unwritable",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_CONSTRAINT: "record",
    sqlite3.SQLITE_MISMATCH: "record",
    sqlite3.SQLITE_TOOBIG: "record",
    sqlite3.SQLITE_RANGE: "record",
}

_OLDEST: Final = (3, 35)  # RETURNING

_creating = threading.Lock()


class SqliteConnection:
    """See `voicegateway.storage.engine.Connection`. May pass between threads, one at a time."""

    writers_overlap = False

    def __init__(self, raw: sqlite3.Connection, path: Path) -> None:
        self._raw = raw
        self._path = path
        self._inode = _inode(path)

    def execute(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        return self._raw.execute(sql, params).fetchall()

    def stream(self, sql: str, params: Sequence[Value] = ()) -> Iterator[Row]:
        return iter(self._raw.execute(sql, params))

    def change(self, sql: str, params: Sequence[Value] = ()) -> int:
        return self._raw.execute(sql, params).rowcount

    def change_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        return self._raw.executemany(sql, rows).rowcount

    def begin_read(self) -> None:
        self._raw.execute("BEGIN")

    def begin_write(self) -> None:
        # IMMEDIATE: a transaction that reads first and then cannot get the lock must start anew.
        self._raw.execute("BEGIN IMMEDIATE")

    def begin_exclusive(self) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        try:
            self._raw.close()
        except sqlite3.Error:
            return  # what the last checkpoint could not do, the next opener does

    def now_us(self) -> int:
        return time.time_ns() // 1000

    def has_table(self, name: str) -> bool:
        sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(self._raw.execute(sql, (name,)).fetchall())

    def moved(self) -> bool:
        return _inode(self._path) != self._inode


class SqliteEngine:
    """See `voicegateway.storage.engine.Engine`."""

    spools = False

    dialect: Mapping[str, str] = {
        "{identity}": "INTEGER PRIMARY KEY",
        "{clustered}": " WITHOUT ROWID",
        "{bytewise}": "",
    }

    def __init__(self, path: Path, *, durability: Durability = "process") -> None:
        self.path = path
        self._synchronous = "FULL" if durability == "power" else "NORMAL"

    @property
    def name(self) -> str:
        return str(self.path)

    def connect(self) -> Connection:
        if sqlite3.sqlite_version_info < _OLDEST:
            raise LedgerError(
                f"Python's SQLite here is {sqlite3.sqlite_version} and the ledger needs 3.35 or "
                "newer: use another Python build."
            )
        # One at a time: closing the file that was just made would drop the locks that another
        # thread's connection to it already holds (POSIX locks belong to the process).
        with _creating:
            _create(self.path)
            raw = self._open("rw", _BUSY_MS)
            try:
                self._configure(raw)
            except BaseException:
                raw.close()
                raise
            return SqliteConnection(raw, self.path)

    def connect_reader(self) -> Connection:
        if not self.path.exists():
            raise LedgerError(
                f"There is no ledger at {self.path}: it is made when the first call is metered; "
                "check VOICEGW_DB_PATH and cost_tracking.db_path if there should be one."
            )
        mode = "ro"
        if _finished_and_unwritable(self.path):
            mode = "ro&immutable=1"  # else SQLite wants to put its shared memory beside it
        raw = self._open(mode, _READER_BUSY_MS)
        raw.execute("PRAGMA query_only = ON")
        raw.execute("PRAGMA cache_size = -16000")
        return SqliteConnection(raw, self.path)

    def trouble(self, error: Exception) -> Trouble:
        if isinstance(error, LedgerError):
            return Trouble("schema", str(error))
        if isinstance(error, OSError):
            return Trouble("unwritable", f"{error.strerror or error}: {self.path}")
        if isinstance(error, sqlite3.Error):
            return Trouble(_kind(error), f"{error}: {self.path}")
        return Trouble("record", f"{type(error).__name__}: {error}")

    def _open(self, mode: str, busy_ms: int) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            timeout=busy_ms / 1000,
        )

    def _configure(self, raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute(f"PRAGMA synchronous = {self._synchronous}")
        raw.execute("PRAGMA secure_delete = OFF")
        raw.execute("PRAGMA temp_store = MEMORY")
        # 4 MB of an agent's memory: a writer comes back to the newest pages of each index only, and
        # was no faster with 2 or with 16.
        raw.execute("PRAGMA cache_size = -4000")
        raw.execute("PRAGMA journal_size_limit = 67108864")  # what a long reader let it grow to


def _kind(error: sqlite3.Error) -> TroubleKind:
    # Only errors that SQLite itself raised carry a code; Python's own are about the values.
    code = getattr(error, "sqlite_errorcode", None)
    return "record" if code is None else _KINDS.get(code & 0xFF, "other")


def _create(path: Path) -> None:
    """Makes folder and file, the file readable by its owner alone (its journals inherit that)."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _finished_and_unwritable(path: Path) -> bool:
    journal = path.with_name(path.name + "-wal")
    return not os.access(path.parent, os.W_OK) and not journal.exists()
