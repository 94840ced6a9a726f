"""The rows of managed resources. Writing functions run inside a writing transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from voicegateway.storage.engine import Connection, Row

__all__ = ["Kind", "ManagedRow", "delete", "insert", "read", "replace", "reseal"]

Kind = Literal["provider", "model", "project"]

_COLUMNS: Final = "kind, id, body, sealed, revision, created_us, updated_us"
_INSERT: Final = (
    f"INSERT INTO managed_resources ({_COLUMNS}) VALUES (?, ?, ?, ?, 1, ?, ?) "  # noqa: S608 - our own names
    "ON CONFLICT (kind, id) DO NOTHING"
)
_REPLACE: Final = (
    "UPDATE managed_resources SET body = ?, sealed = ?, revision = revision + 1, updated_us = ? "
    "WHERE kind = ? AND id = ? AND revision = ?"
)
_DELETE: Final = "DELETE FROM managed_resources WHERE kind = ? AND id = ? AND revision = ?"
_RESEAL: Final = (
    "UPDATE managed_resources SET sealed = ?, revision = revision + 1 "
    "WHERE kind = ? AND id = ? AND revision = ?"
)


@dataclass(frozen=True, slots=True)
class ManagedRow:
    """One resource as it is stored."""

    kind: Kind
    id: str
    body: str
    sealed: str | None
    """Encrypted; None if nothing in it is secret."""
    revision: int
    created_us: int
    updated_us: int


def read(connection: Connection) -> list[ManagedRow]:
    """All of them, sorted."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM managed_resources")  # noqa: S608 - as above
    # Sorted here: databases differ in how they order texts.
    return sorted(map(_row, rows), key=lambda row: (row.kind, row.id))


def insert(connection: Connection, kind: Kind, name: str, body: str, sealed: str | None) -> bool:
    """False if there is one already, whoever made it."""
    now = connection.now_us()
    return connection.change(_INSERT, (kind, name, body, sealed, now, now)) == 1


def replace(connection: Connection, row: ManagedRow, body: str, sealed: str | None) -> bool:
    """False if it is no longer as `row` has it."""
    values = (body, sealed, connection.now_us(), row.kind, row.id, row.revision)
    return connection.change(_REPLACE, values) == 1


def delete(connection: Connection, row: ManagedRow) -> bool:
    """False as above."""
    return connection.change(_DELETE, (row.kind, row.id, row.revision)) == 1


def reseal(connection: Connection, row: ManagedRow, sealed: str) -> bool:
    """The same secrets under another key. False as above."""
    return connection.change(_RESEAL, (sealed, row.kind, row.id, row.revision)) == 1


def _row(row: Row) -> ManagedRow:
    if row[0] not in get_args(Kind):
        raise ValueError(f"a managed resource of an unknown kind {row[0]!r}")
    return ManagedRow(*row)
