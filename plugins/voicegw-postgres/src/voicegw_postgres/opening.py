"""Connecting to the server, and what holds for every connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import TextLoader

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Row
from voicegw_postgres.connection import PostgresConnection
from voicegw_postgres.text import from_wire

if TYPE_CHECKING:
    from voicegw_postgres.urls import Address

__all__ = ["opened"]


class _WireLoader(TextLoader):
    def load(self, data: Buffer) -> str | bytes:
        loaded = super().load(data)
        return from_wire(loaded) if isinstance(loaded, str) else loaded


def opened(address: Address, *, writing: bool, power: bool) -> PostgresConnection:
    """Raises `psycopg.Error` if the server cannot be reached or refuses, and `LedgerError` if
    the database cannot hold every text."""
    raw = _connect(address, writing=writing)
    try:
        _check(raw, address)
        if writing and address.schema is not None:
            _make_schema(raw, address.schema)
    except BaseException:
        raw.close()
        raise
    return PostgresConnection(raw, power=power)


def _connect(address: Address, *, writing: bool) -> psycopg.Connection[Row]:
    parameters: dict[str, Any] = {**address.parameters, "client_encoding": "UTF8"}
    if writing and "," in parameters.get("host", ""):
        # Several hosts are one primary and its standbys: after a fail-over find the new primary.
        parameters.setdefault("target_session_attrs", "read-write")
    # prepare_threshold None: see connection.py about poolers.
    connected = psycopg.Connection.connect(autocommit=True, prepare_threshold=None, **parameters)
    raw = cast("psycopg.Connection[Row]", connected)
    # Else psycopg picks a type by each number's size, and every mix of sizes is another statement.
    raw.adapters.register_dumper(int, Int8Dumper)
    raw.adapters.register_loader("text", _WireLoader)
    return raw


def _check(raw: psycopg.Connection[Row], address: Address) -> None:
    encoding = raw.info.parameter_status("server_encoding")
    if encoding not in (None, "UTF8"):
        raise LedgerError(
            f"The database {address.name} has the encoding {encoding}, which cannot hold every "
            "text: create one with ENCODING 'UTF8' for the ledger."
        )


def _make_schema(raw: psycopg.Connection[Row], schema: str) -> None:
    # Looked up first: IF NOT EXISTS wants the right to create even where there is nothing to do.
    (row,) = raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchall() or (
        None,
    )
    if row is not None:
        return
    try:
        raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    except (psycopg.errors.DuplicateSchema, psycopg.errors.UniqueViolation):
        return  # another process was first
