"""The rows of API keys. Writing functions run inside a writing transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from voicegateway.storage.engine import Connection

__all__ = ["KeyRow", "insert", "note_use", "read", "revoke"]

_COLUMNS: Final = "id, name, scopes, hash, sign, created_us, expires_us, revoked_us, used_us"
_INSERT: Final = (
    f"INSERT INTO api_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL) "  # noqa: S608 - our own names
    "ON CONFLICT (id) DO NOTHING"
)
_REVOKE: Final = "UPDATE api_keys SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL"
_USED: Final = "UPDATE api_keys SET used_us = ? WHERE id = ? AND (used_us IS NULL OR used_us < ?)"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key, without the key. Times are microseconds since 1970 UTC."""

    id: str
    name: str
    scopes: str
    """Separated by commas."""
    hash: str = field(repr=False)
    sign: str = field(repr=False)
    created_us: int
    expires_us: int | None = None
    revoked_us: int | None = None
    used_us: int | None = None
    """When it was last used, to the minute."""

    def facts(self) -> str:
        """JSON for the audit log."""
        said: dict[str, Any] = {
            "name": self.name,
            "scopes": self.scopes.split(","),
            "expires_us": self.expires_us,
            "revoked_us": self.revoked_us,
        }
        return json.dumps({key: value for key, value in said.items() if value is not None})


def read(connection: Connection) -> list[KeyRow]:
    """All of them, the oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM api_keys")  # noqa: S608 - as above
    return sorted((KeyRow(*row) for row in rows), key=lambda row: (row.created_us, row.id))


def insert(connection: Connection, row: KeyRow) -> bool:
    """False if there is one of that id."""
    values = (row.id, row.name, row.scopes, row.hash, row.sign, row.created_us, row.expires_us)
    return connection.change(_INSERT, values) == 1


def revoke(connection: Connection, key_id: str, at_us: int) -> bool:
    """False if there is none that still holds."""
    return connection.change(_REVOKE, (at_us, key_id)) == 1


def note_use(connection: Connection, key_id: str, at_us: int) -> None:
    """Times only move on, whichever process notes its use last."""
    connection.change(_USED, (at_us, key_id, at_us))
