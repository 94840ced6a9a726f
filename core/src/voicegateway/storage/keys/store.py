"""Makes, revokes and lists API keys. A change and its line in the audit log are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from voicegateway.storage.engine import Connection, Engine
from voicegateway.storage.keys import rows
from voicegateway.storage.keys.rows import KeyRow
from voicegateway.storage.managed import audit
from voicegateway.storage.transactions import Transactions

__all__ = ["KeyStore"]

_TABLE: Final = "api_keys"
_USE_PATIENCE_SECONDS: Final = 0.2
"""A request waits for it: better that a time is missing."""


class KeyStore:
    """One database's. All methods raise `LedgerError` if it cannot be read or written."""

    def __init__(self, engine: Engine) -> None:
        self._transactions = Transactions(engine, "API keys")

    @property
    def name(self) -> str:
        """The path or URL, without a password."""
        return self._transactions.name

    def rows(self) -> list[KeyRow]:
        """All keys ever made, the oldest first; none where there is no database yet."""
        return self._transactions.read(_TABLE, rows.read, [])

    def create(self, row: KeyRow, actor: str) -> KeyRow:
        """Stores the key with the database's time; returns it as it is kept. Raises `ValueError`
        if the id is taken."""

        def make(connection: Connection) -> KeyRow:
            made = replace(row, created_us=connection.now_us())
            if not rows.insert(connection, made):
                raise ValueError("the id of a new key is taken")
            audit.write(connection, actor, "create", "key", made.id, None, made.facts())
            return made

        return self._transactions.write(make)

    def revoke(self, key_id: str, actor: str) -> KeyRow | None:
        """The key as it is then; None if there is none of that id. One that was revoked before
        stays as it is."""

        def make(connection: Connection) -> KeyRow | None:
            before = _found(connection, key_id)
            if before is None or not rows.revoke(connection, key_id, connection.now_us()):
                return before
            after = _found(connection, key_id)
            facts = after.facts() if after else None
            audit.write(connection, actor, "revoke", "key", key_id, before.facts(), facts)
            return after

        return self._transactions.write(make)

    def note_uses(self, used_us: Mapping[str, int]) -> None:
        """When keys were last used, by id."""

        def make(connection: Connection) -> None:
            for key_id in sorted(used_us):  # the same order in every process
                rows.note_use(connection, key_id, used_us[key_id])

        self._transactions.write(make, _USE_PATIENCE_SECONDS)


def _found(connection: Connection, key_id: str) -> KeyRow | None:
    return next((row for row in rows.read(connection) if row.id == key_id), None)
