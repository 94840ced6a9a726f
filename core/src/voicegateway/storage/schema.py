"""Brings a database to the schema that this version of the code reads and writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Connection, Engine

__all__ = [
    "FIRST_QUARTER",
    "PRUNED_BEFORE",
    "first_complete_quarter",
    "get_meta",
    "latest_version",
    "prepare",
    "pruned_before",
    "schema_version",
    "set_meta",
]

FIRST_QUARTER: Final = "first_quarter"
PRUNED_BEFORE: Final = "pruned_before_us"
"""Names in `meta`."""

_FOLDER = Path(__file__).parent / "migrations"
_MIGRATIONS = {int(path.name[:4]): path for path in sorted(_FOLDER.glob("[0-9]*.sql"))}


def latest_version() -> int:
    return max(_MIGRATIONS)


def schema_version(connection: Connection) -> int:
    """The version a database is at; 0 if it holds no ledger yet."""
    if not connection.has_table("meta"):
        return 0
    return int(get_meta(connection, "schema_version") or 0)


def prepare(connection: Connection, engine: Engine) -> None:
    """Applies the migrations that are missing, all or none, even if several processes do so at
    once. Raises `LedgerError` if the database is from a newer version than this one."""
    if _checked(connection, engine) == latest_version():
        return
    connection.begin_exclusive()
    try:
        version = _checked(connection, engine)  # another process may have been first
        for number, path in _MIGRATIONS.items():
            if number > version:
                _apply(connection, engine, path)
        set_meta(connection, "schema_version", str(latest_version()))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def get_meta(connection: Connection, name: str) -> str | None:
    rows = connection.execute("SELECT value FROM meta WHERE name = ?", (name,))
    return str(rows[0][0]) if rows else None


def set_meta(connection: Connection, name: str, value: str) -> None:
    connection.change(
        "INSERT INTO meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def first_complete_quarter(connection: Connection) -> int:
    """The first quarter-hour whose sums are complete; of earlier ones only attempts tell."""
    return int(get_meta(connection, FIRST_QUARTER) or -(2**62))


def pruned_before(connection: Connection) -> int | None:
    """The moment before which attempts are no longer kept; None if all ever made are."""
    stored = get_meta(connection, PRUNED_BEFORE)
    return None if stored is None else int(stored)


def _checked(connection: Connection, engine: Engine) -> int:
    version = schema_version(connection)
    if version > latest_version():
        raise LedgerError(
            f"The ledger {engine.name} has schema {version} and this version of voicegw knows "
            f"{latest_version()}: upgrade voicegw here, or point VOICEGW_DB_PATH elsewhere."
        )
    return version


def _apply(connection: Connection, engine: Engine, path: Path) -> None:
    script = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    for mark, text in engine.dialect.items():
        script = script.replace(mark, text)
    for statement in script.split(";"):
        if statement.strip():
            connection.change(statement)
