"""A ledger engine that spools, without a server: SQLite, and a file that makes it unreachable."""

from __future__ import annotations

from pathlib import Path

from voicegateway.storage.engine import Connection, Durability
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.sqlite import SqliteConnection, SqliteEngine


class SpoolingConnection(SqliteConnection):
    def begin_write(self) -> None:
        check(self._path)
        super().begin_write()


class SpoolingEngine(SqliteEngine):
    spools = True

    def connect(self) -> Connection:
        check(self.path)
        raw = super().connect()
        assert isinstance(raw, SqliteConnection)
        return SpoolingConnection(raw._raw, self.path)


def check(path: Path) -> None:
    if away(path).exists():
        raise ConnectionRefusedError(111, "nobody answers")


def away(path: Path) -> Path:
    """While this file is there, the ledger beside it cannot be reached."""
    return path.with_name(path.name + ".away")


def spooling_engine(target: str, *, durability: Durability) -> SpoolingEngine:
    return SpoolingEngine(Path(target.partition("://")[2]), durability=durability)


def open_spooling(path: Path, **options: object) -> Ledger:
    return open_ledger(f"spooling://{path}", engine_factory=spooling_engine, **options)
