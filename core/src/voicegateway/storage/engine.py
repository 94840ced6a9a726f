"""What a database must be able to do to hold the ledger.

One set of statements serves every engine: plain SQL with `ON CONFLICT` and `RETURNING`, `?` for
parameters (and for nothing else), integers and text only. Whatever differs is behind these two
protocols. SQLite is built in; other engines are plugins of the group `voicegw.storage`, whose
entry points (named by URL scheme) are `EngineFactory`s. The caller resolves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

__all__ = [
    "Connection",
    "Durability",
    "Engine",
    "EngineFactory",
    "Row",
    "Trouble",
    "TroubleKind",
    "Value",
]

Value = str | int | None
Row = tuple[Any, ...]
Durability = Literal["process", "power"]
"""What a committed row survives: a killed process, or a power cut as well (slower)."""
TroubleKind = Literal[
    "locked", "away", "full", "unwritable", "corrupt", "schema", "record", "other"
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An engine's error, sorted by what can be done about it."""

    kind: TroubleKind
    """`locked` is tried again on the same connection, everything else on a new one; `away` means
    that the server cannot be reached, `record` that the statement's own values were refused."""
    message: str
    """One sentence, without a secret."""


class Connection(Protocol):
    """One connection. Outside a transaction every statement stands alone."""

    @property
    def writers_overlap(self) -> bool:
        """Whether several processes' writing transactions may run at the same time. They then
        see what the others committed meanwhile, statement by statement."""

    def execute(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        """Runs a statement and returns all its rows."""

    def stream(self, sql: str, params: Sequence[Value] = ()) -> Iterator[Row]:
        """The same, row by row, for results that may be large."""

    def change(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Runs a statement and returns how many rows it changed."""

    def change_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        """Runs a statement once a row and returns how many rows were changed in all. No two of
        the rows mean the same row of the table, and an engine may run them all at once."""

    def begin_read(self) -> None:
        """Starts a transaction in which all reads see one moment."""

    def begin_write(self) -> None:
        """Starts a transaction that may write. Never shares the database with an exclusive one."""

    def begin_exclusive(self) -> None:
        """Starts a transaction that no other writer's overlaps: for migrations and rebuilds."""

    def commit(self) -> None: ...

    def rollback(self) -> None:
        """Ends a transaction without its changes; does nothing outside one, never raises."""

    def close(self) -> None:
        """Idempotent; never raises."""

    def now_us(self) -> int:
        """The clock all processes on this database share: microseconds since 1970 UTC."""

    def has_table(self, name: str) -> bool: ...

    def moved(self) -> bool:
        """True if the database is no longer where it was opened (deleted or replaced)."""


class Engine(Protocol):
    """One database, not yet connected to. Cheap to make; touches nothing until asked."""

    @property
    def name(self) -> str:
        """How messages call it: a path, or a URL without its password."""

    @property
    def spools(self) -> bool:
        """Whether records shall be kept on this machine's disk until they are in the database:
        for one that may be out of reach. See `voicegateway.storage.spool`."""

    @property
    def dialect(self) -> Mapping[str, str]:
        """What stands for `{identity}`, `{clustered}` and `{bytewise}` in a migration."""

    def connect(self) -> Connection:
        """For writing; makes the database if it is missing."""

    def connect_reader(self) -> Connection:
        """For reading; never makes anything."""

    def trouble(self, error: Exception) -> Trouble:
        """Sorts an error that a connection of this engine raised."""


class EngineFactory(Protocol):
    """The value of an entry point in the group `voicegw.storage`."""

    def __call__(self, target: str, *, durability: Durability) -> Engine:
        """An engine for this URL. Raises `LedgerError` if the URL cannot be one."""
