"""Rare reads and writes of the ledger's database by whoever waits for the answer: each is one
connection and one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Connection, Engine
from voicegateway.storage.schema import prepare
from voicegateway.storage.sqlite import SqliteEngine

__all__ = ["Transactions"]

T = TypeVar("T")

_PATIENCE_SECONDS: Final = 10.0
"""How long a write waits for others' locks."""


class Transactions:
    """One database's. Methods raise `LedgerError` if it cannot be read or written, and call what
    is kept there `what`."""

    def __init__(self, engine: Engine, what: str) -> None:
        self._engine = engine
        self._what = what

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return self._engine.name

    def read(self, table: str, work: Callable[[Connection], T], nothing: T) -> T:
        """What `work` finds; `nothing` where there is no database yet, or one of a version that
        had no such table."""
        connection: Connection | None = None
        try:
            connection = self._reader()
            if connection is None or not connection.has_table(table):
                return nothing
            return work(connection)
        except Exception as error:
            raise self._explained(error, "read") from error
        finally:
            if connection is not None:
                connection.close()

    def write(
        self, work: Callable[[Connection], T], patience_seconds: float = _PATIENCE_SECONDS
    ) -> T:
        """The database is made, or brought up to date, if it must be."""
        until = time.monotonic() + patience_seconds
        while True:
            try:
                return self._attempt(work)
            except Exception as error:
                busy = self._engine.trouble(error).kind == "locked"
                if not busy or time.monotonic() > until:
                    raise self._explained(error, "written") from error
                time.sleep(random.uniform(0.002, 0.02))  # noqa: S311 - so that two do not keep step

    def _reader(self) -> Connection | None:
        """None if there is no file yet."""
        if isinstance(self._engine, SqliteEngine) and not self._engine.path.exists():
            return None
        return self._engine.connect_reader()

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        connection = self._engine.connect()
        try:
            prepare(connection, self._engine)
            connection.begin_write()
            result = work(connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        else:
            return result
        finally:
            connection.close()

    def _explained(self, error: Exception, verb: str) -> Exception:
        if isinstance(error, LedgerError):
            return error
        trouble = self._engine.trouble(error)
        if trouble.kind == "record":  # ours, not the database's
            return error
        return LedgerError(f"{self._what} cannot be {verb}: {trouble.message}.")
