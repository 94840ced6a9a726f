"""Reads and writes managed resources in the ledger's database. Each call is one connection and one
transaction: they are rare, and whoever makes them waits for the answer."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Connection, Engine
from voicegateway.storage.managed import audit, rows
from voicegateway.storage.managed.audit import Action, AuditEntry
from voicegateway.storage.managed.rows import Kind, ManagedRow
from voicegateway.storage.schema import get_meta, prepare
from voicegateway.storage.sqlite import SqliteEngine

__all__ = ["Change", "ManagedStore"]

T = TypeVar("T")

_PATIENCE_SECONDS: Final = 10.0
"""How long a write waits for others' locks."""
_SALT: Final = "managed_salt"
"""Name in `meta`."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the audit log says of a write: the resource before and after, secrets masked."""

    actor: str
    before_json: str | None = None
    after_json: str | None = None


class ManagedStore:
    """One database's. All methods raise `LedgerError` if it cannot be read or written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return self._engine.name

    def rows(self) -> list[ManagedRow]:
        """All resources; none where there is no database yet, or one of an older version."""
        return self._read("managed_resources", rows.read, [])

    def salt(self) -> bytes | None:
        """For a key that is derived from a passphrase; None if none was needed yet."""
        found = self._read("meta", lambda connection: get_meta(connection, _SALT), None)
        return None if found is None else bytes.fromhex(found)

    def make_salt(self) -> bytes:
        """The same, made if it is missing; the first of several processes decides."""

        def make(connection: Connection) -> bytes:
            connection.change(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (_SALT, secrets.token_hex(16)),
            )
            return bytes.fromhex(str(get_meta(connection, _SALT)))

        return self._write(make)

    def create(self, kind: Kind, name: str, body: str, sealed: str | None, change: Change) -> bool:
        """False if there is one of that name."""

        def make(connection: Connection) -> bool:
            done = rows.insert(connection, kind, name, body, sealed)
            return done and _noted(connection, "create", kind, name, change)

        return self._write(make)

    def replace(self, row: ManagedRow, body: str, sealed: str | None, change: Change) -> bool:
        """False if it is no longer as it was read."""

        def make(connection: Connection) -> bool:
            done = rows.replace(connection, row, body, sealed)
            return done and _noted(connection, "update", row.kind, row.id, change)

        return self._write(make)

    def delete(self, row: ManagedRow, change: Change) -> bool:
        """False as above."""

        def make(connection: Connection) -> bool:
            done = rows.delete(connection, row)
            return done and _noted(connection, "delete", row.kind, row.id, change)

        return self._write(make)

    def reseal(self, changed: Iterable[tuple[ManagedRow, str]], actor: str) -> int:
        """Store the same secrets under another key, in one transaction; returns how many. Those
        that somebody changed meanwhile are left out."""
        wanted = list(changed)

        def make(connection: Connection) -> int:
            done = [row for row, sealed in wanted if rows.reseal(connection, row, sealed)]
            for row in done:
                _noted(connection, "rotate", row.kind, row.id, Change(actor))
            return len(done)

        return self._write(make) if wanted else 0

    def audit(self, limit: int, before: int | None = None) -> list[AuditEntry]:
        """At most `limit` entries, newest first, older than the entry with the id `before`."""
        return self._read("audit_log", lambda found: audit.read(found, limit, before), [])

    def _read(self, table: str, work: Callable[[Connection], T], nothing: T) -> T:
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

    def _reader(self) -> Connection | None:
        """None if there is no file yet."""
        if isinstance(self._engine, SqliteEngine) and not self._engine.path.exists():
            return None
        return self._engine.connect_reader()

    def _write(self, work: Callable[[Connection], T]) -> T:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return self._attempt(work)
            except Exception as error:
                busy = self._engine.trouble(error).kind == "locked"
                if not busy or time.monotonic() > until:
                    raise self._explained(error, "written") from error
                time.sleep(random.uniform(0.002, 0.02))  # noqa: S311 - so that two do not keep step

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

    def _explained(self, error: Exception, what: str) -> Exception:
        if isinstance(error, LedgerError):
            return error
        trouble = self._engine.trouble(error)
        if trouble.kind == "record":  # ours, not the database's
            return error
        return LedgerError(f"Managed resources cannot be {what}: {trouble.message}.")


def _noted(connection: Connection, action: Action, kind: Kind, name: str, change: Change) -> bool:
    audit.write(connection, change.actor, action, kind, name, change.before_json, change.after_json)
    return True
