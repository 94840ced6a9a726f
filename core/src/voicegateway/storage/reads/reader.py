"""A connection that reads the ledger while others write it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from voicegateway.errors import LedgerError
from voicegateway.storage import forking
from voicegateway.storage.days import Days, zone_named
from voicegateway.storage.engine import Connection, Engine, EngineFactory, Trouble
from voicegateway.storage.schema import get_meta, latest_version, prepare, schema_version
from voicegateway.storage.targets import Target, engine_for

__all__ = ["Reader", "ledger_days", "open_reader"]

_FORK_SECONDS: Final = 2.0
_inherited: list[Connection | None] = []


def open_reader(target: Target, *, engine_factory: EngineFactory | None = None) -> Reader:
    """Opens an existing ledger for reading; never makes one. A ledger of an older version is
    brought up to date first.

    Raises `LedgerError` if there is none, or it cannot be read, is damaged, or was written by
    a newer version."""
    reader = Reader(engine_for(target, engine_factory=engine_factory))
    with reader.snapshot():
        return reader


class Reader:
    """May be shared between threads, which then take turns. Close it, or use `with`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._gated = False
        forking.watch(self)

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return self._engine.name

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction whose reads all see the same moment. Whatever the engine raises inside
        comes out as a `LedgerError`."""
        with self._lock:
            connection: Connection | None = None
            try:
                connection = self._connected()
                connection.begin_read()
                yield connection
            except LedgerError:
                raise
            except Exception as error:
                trouble = self._engine.trouble(error)
                if trouble.kind == "record":
                    raise  # the caller's own, not the database's
                self._disconnect()
                raise _explained(trouble) from error
            finally:
                if connection is not None:
                    connection.rollback()

    def close(self) -> None:
        with self._lock:
            self._disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def before_fork(self) -> None:
        self._gated = self._lock.acquire(timeout=_FORK_SECONDS)
        if self._gated:
            self._disconnect()

    def after_fork_in_parent(self) -> None:
        if self._gated:
            self._lock.release()

    def after_fork_in_child(self) -> None:
        if not self._gated:
            _inherited.append(self._connection)  # closing it here would harm the parent's file
            self._connection = None
        self._lock = threading.Lock()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self) -> Connection:
        if self._connection is not None and self._connection.moved():
            self._disconnect()  # the file was replaced: read what is there now
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> Connection:
        connection = self._engine.connect_reader()
        try:
            version = schema_version(connection)
            if version == 0:
                raise LedgerError(
                    f"{self.name} holds no ledger: check VOICEGW_DB_PATH and cost_tracking.db_path."
                )
            if version != latest_version():
                self._upgrade()
        except BaseException:
            connection.close()
            raise
        return connection

    def _upgrade(self) -> None:
        writer = self._engine.connect()
        try:
            prepare(writer, self._engine)
        finally:
            writer.close()


def ledger_days(connection: Connection) -> Days:
    """The calendar days that the ledger's rollups are kept by."""
    return Days(zone_named(get_meta(connection, "timezone") or "UTC"))


def _explained(trouble: Trouble) -> LedgerError:
    advice = {
        "corrupt": "It is damaged: move it away (a new one is made) and restore a backup.",
        "unwritable": "Check that this user may read it.",
        "locked": "Another process holds it: try again.",
    }.get(trouble.kind, "")
    return LedgerError(f"The ledger cannot be read: {trouble.message}. {advice}".strip())
