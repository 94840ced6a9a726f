"""One connection to PostgreSQL, as `voicegateway.storage.engine.Connection` describes it.

Statements are never prepared under a name, so that a pooler may give every transaction another
server connection; nothing is set for the session after it began, for the same reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, LiteralString

import psycopg
from psycopg import RawCursor, RawServerCursor
from psycopg.pq import TransactionStatus

from voicegateway.storage.engine import Row, Value
from voicegw_postgres.arrays import int_array, text_array
from voicegw_postgres.statements import Batch, Listed, batch_of, listed_in, numbered
from voicegw_postgres.text import to_wire

__all__ = ["PostgresConnection"]

_LOCK: Final = "(1448560716, hashtext(current_schema()))"  # "VWGL", and which ledger
_BEGIN_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITE: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock_shared{_LOCK}"
)
_DURABLE: Final = "; SET LOCAL synchronous_commit = on"
_BEGIN_EXCLUSIVE: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock{_LOCK}"
)
_NOW: Final = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
# Not to_regclass alone: it may answer from a cache that another's commit has not yet reached.
_HAS_TABLE: Final = (
    "SELECT 1 FROM pg_class "
    "WHERE relname = ? AND relkind IN ('r', 'p') AND pg_table_is_visible(oid)"
)
_COLUMNS: Final = (
    "SELECT attname, CASE WHEN atttypid = 'bigint'::regtype THEN 'bigint' ELSE 'text' END "
    "FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped"
)
_FETCHED: Final = 2000
"""Rows of a stream that come at once."""
_AT_ONCE: Final = 5000
"""Rows of a batch in one statement."""


class PostgresConnection:
    """May pass between threads, one at a time."""

    writers_overlap = True

    def __init__(self, raw: psycopg.Connection[Row], *, power: bool = False) -> None:
        # Where the server or the role turned it off, a commit would not survive a crash.
        self._begin: LiteralString = _BEGIN_WRITE + (_DURABLE if power else "")
        self._raw = raw
        self._cursor: RawCursor[Row] = RawCursor(raw)
        self._types: dict[str, dict[str, str]] = {}
        self._streams = itertools.count()

    def execute(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        listed = listed_in(sql)
        if listed is not None:
            return self._listed(listed, params)
        cursor = self._run(numbered(sql), params)
        return cursor.fetchall() if cursor.description else []

    def stream(self, sql: str, params: Sequence[Value] = ()) -> Iterator[Row]:
        if self._status is TransactionStatus.IDLE:
            yield from self.execute(sql, params)  # a cursor lives in a transaction
            return
        cursor: RawServerCursor[Row]
        with RawServerCursor(self._raw, f"voicegw_{next(self._streams)}") as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(numbered(sql), _wired(params))
            yield from cursor

    def change(self, sql: str, params: Sequence[Value] = ()) -> int:
        return self._run(numbered(sql), params).rowcount

    def change_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> int:
        if len(rows) <= 1:
            return self.change(sql, rows[0]) if rows else 0
        batch = batch_of(sql)
        if batch is None:
            wired = [_wired(row) for row in rows]
            self._cursor.executemany(numbered(sql), wired)
            return self._cursor.rowcount
        parts = range(0, len(rows), _AT_ONCE)
        return sum(self._change_batch(batch, rows[at : at + _AT_ONCE]) for at in parts)

    def begin_read(self) -> None:
        self._say(_BEGIN_READ)

    def begin_write(self) -> None:
        self._say(self._begin)

    def begin_exclusive(self) -> None:
        self._say(_BEGIN_EXCLUSIVE)

    def commit(self) -> None:
        self._say("COMMIT")
        if self._cursor.statusmessage == "ROLLBACK":
            # What COMMIT answers, without an error, in a transaction that had already failed.
            raise psycopg.errors.TransactionRollback("the transaction had failed")

    def rollback(self) -> None:
        try:
            if self._status is not TransactionStatus.IDLE:
                self._say("ROLLBACK")
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        with suppress(psycopg.Error, OSError):
            self._raw.close()

    def now_us(self) -> int:
        return int(self.execute(_NOW)[0][0])

    def has_table(self, name: str) -> bool:
        return bool(self.execute(_HAS_TABLE, (name,)))

    def moved(self) -> bool:
        return False

    @property
    def _status(self) -> TransactionStatus:
        return self._raw.info.transaction_status

    def _say(self, sql: LiteralString) -> None:
        self._cursor.execute(sql)

    def _run(self, sql: str, params: Sequence[Any]) -> RawCursor[Row]:
        return self._cursor.execute(sql, _wired(params) if params else None)

    def _listed(self, listed: Listed, params: Sequence[Value]) -> list[Row]:
        columns = [params[at :: listed.width] for at in range(listed.width)]
        texts = [isinstance(column[0], str) for column in columns]
        sql = listed.sql(["text" if text else "bigint" for text in texts])
        arrays = [
            text_array(column) if text else int_array(column)
            for text, column in zip(texts, columns, strict=True)
        ]
        return self._cursor.execute(sql, arrays).fetchall()

    def _change_batch(self, batch: Batch, rows: Sequence[Sequence[Value]]) -> int:
        known = self._columns_of(batch.table)
        types = [known[name] for name in batch.columns]
        arrays = [
            int_array(column) if kind == "bigint" else text_array(column)
            for kind, column in zip(types, zip(*rows, strict=True), strict=True)
        ]
        return self._cursor.execute(batch.sql(types), arrays).rowcount

    def _columns_of(self, table: str) -> dict[str, str]:
        found = self._types.get(table)
        if found is None:
            cursor = self._cursor.execute(_COLUMNS, (table,))
            found = self._types[table] = {str(name): str(kind) for name, kind in cursor.fetchall()}
        return found


def _wired(params: Sequence[Value]) -> list[Value]:
    return [to_wire(value) if isinstance(value, str) else value for value in params]
