"""Reads and writes managed resources in the ledger's database. Each call is one connection and one
transaction: they are rare, and whoever makes them waits for the answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.engine import Connection, Engine
from voicegateway.storage.managed import audit, rows
from voicegateway.storage.managed.audit import Action, AuditEntry
from voicegateway.storage.managed.rows import Kind, ManagedRow
from voicegateway.storage.schema import get_meta
from voicegateway.storage.transactions import Transactions

__all__ = ["Change", "ManagedStore"]

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
        self._transactions = Transactions(engine, "Managed resources")

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return self._transactions.name

    def rows(self) -> list[ManagedRow]:
        """All resources; none where there is no database yet, or one of an older version."""
        return self._transactions.read("managed_resources", rows.read, [])

    def salt(self) -> bytes | None:
        """For a key that is derived from a passphrase; None if none was needed yet."""
        found = self._transactions.read(
            "meta", lambda connection: get_meta(connection, _SALT), None
        )
        return None if found is None else bytes.fromhex(found)

    def make_salt(self) -> bytes:
        """The same, made if it is missing; the first of several processes decides."""

        def make(connection: Connection) -> bytes:
            connection.change(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (_SALT, secrets.token_hex(16)),
            )
            return bytes.fromhex(str(get_meta(connection, _SALT)))

        return self._transactions.write(make)

    def create(self, kind: Kind, name: str, body: str, sealed: str | None, change: Change) -> bool:
        """False if there is one of that name."""

        def make(connection: Connection) -> bool:
            done = rows.insert(connection, kind, name, body, sealed)
            return done and _noted(connection, "create", kind, name, change)

        return self._transactions.write(make)

    def replace(self, row: ManagedRow, body: str, sealed: str | None, change: Change) -> bool:
        """False if it is no longer as it was read."""

        def make(connection: Connection) -> bool:
            done = rows.replace(connection, row, body, sealed)
            return done and _noted(connection, "update", row.kind, row.id, change)

        return self._transactions.write(make)

    def delete(self, row: ManagedRow, change: Change) -> bool:
        """False as above."""

        def make(connection: Connection) -> bool:
            done = rows.delete(connection, row)
            return done and _noted(connection, "delete", row.kind, row.id, change)

        return self._transactions.write(make)

    def reseal(self, changed: Iterable[tuple[ManagedRow, str]], actor: str) -> int:
        """Store the same secrets under another key, in one transaction; returns how many. Those
        that somebody changed meanwhile are left out."""
        wanted = list(changed)

        def make(connection: Connection) -> int:
            done = [row for row, sealed in wanted if rows.reseal(connection, row, sealed)]
            for row in done:
                _noted(connection, "rotate", row.kind, row.id, Change(actor))
            return len(done)

        return self._transactions.write(make) if wanted else 0

    def audit(self, limit: int, before: int | None = None) -> list[AuditEntry]:
        """At most `limit` entries, newest first, older than the entry with the id `before`."""
        return self._transactions.read(
            "audit_log", lambda found: audit.read(found, limit, before), []
        )


def _noted(connection: Connection, action: Action, kind: Kind, name: str, change: Change) -> bool:
    audit.write(connection, change.actor, action, kind, name, change.before_json, change.after_json)
    return True
