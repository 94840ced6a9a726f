"""One connection that writes, and the few things every write to it is made of."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final

from voicegateway.storage.codes import ABANDONED, ALL_UNITS, UNIT_COLUMNS, measured_units, picked
from voicegateway.storage.days import Days, zone_named
from voicegateway.storage.dimensions import Dimensions
from voicegateway.storage.engine import Connection
from voicegateway.storage.feed import News
from voicegateway.storage.rollups import Deltas
from voicegateway.storage.rows import CLOSED_COLUMNS, Closed, Key, settled
from voicegateway.storage.schema import first_complete_quarter, get_meta
from voicegateway.storage.straddling import Straddling
from voicegateway.storage.takebacks import remember
from voicegateway.storage.tidy import tidy

__all__ = ["Book", "LedgerBusyError"]

_log = logging.getLogger("voicegateway.ledger")
_ALL: Final = (*CLOSED_COLUMNS, *UNIT_COLUMNS)
_UNLESS_KNOWN: Final = " ON CONFLICT (call_id, attempt) DO NOTHING"
_READ: Final = f"SELECT {', '.join(_ALL)} FROM attempts WHERE call_id = ? AND attempt = ?"  # noqa: S608 - our own names
_REMOVE: Final = "DELETE FROM attempts WHERE call_id = ? AND attempt = ?"
_CHUNKS: Final = (1, 4, 16, 32, 64, 128, 256, 512)


class LedgerBusyError(Exception):
    """Another writer changed the same rows meanwhile: the transaction must be made anew."""


class Book:
    """A writing connection with the keys and the time zone that hold for it."""

    def __init__(self, connection: Connection, zone: str) -> None:
        self.connection = connection
        self.dimensions = Dimensions(connection)
        self.days = Days(zone_named(zone))
        self._straddling = Straddling(connection)
        self.news = News()
        """Of the transaction that is under way."""

    @contextmanager
    def writing(self) -> Iterator[Deltas]:
        """A transaction. What was added to the deltas is in the rollups when it commits."""
        self.connection.begin_write()
        self.news = News()
        try:
            deltas = Deltas(self._days_now(), first_complete_quarter(self.connection))
            yield deltas
            self.news.write(self.connection)
            deltas.write(self.connection, self._straddling.note)
            tidy(self.connection, deltas.taken_back, self.days)
            remember(self.connection, deltas.taken_back)
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            self.dimensions.forget()
            self._straddling.forget()
            raise

    def known(self, keys: Sequence[Key]) -> dict[Key, int]:
        """The outcomes of those attempts that have ended."""
        found: dict[Key, int] = {}
        for start in range(0, len(keys), _CHUNKS[-1]):
            part = keys[start : start + _CHUNKS[-1]]
            size = next(chunk for chunk in _CHUNKS if chunk >= len(part))
            # Filled up with its last key, so that few different statements are ever prepared.
            padding = [part[-1]] * (size - len(part))
            params = [value for key in (*part, *padding) for value in key]
            for call_id, attempt, outcome in self.connection.execute(_known_sql(size), params):
                found[(call_id, attempt)] = outcome
        return found

    def close(self, rows: Sequence[Closed], deltas: Deltas) -> None:
        """Writes ended attempts that are not yet known, and counts them."""
        overlap = (
            self.connection.writers_overlap
        )  # then it is better that all are the same statement
        units = ALL_UNITS if overlap else measured_units([row.units for row in rows])
        values = [row.head + picked(row.units, units) for row in rows]
        insert = _insert(units)
        if not overlap:
            self.connection.change_many(insert, values)
        elif self.connection.change_many(insert + _UNLESS_KNOWN, values) != len(rows):
            # One of the rows came in between. Counting it twice would be wrong, so look again
            # from the start.
            raise LedgerBusyError("an attempt was closed twice at once")
        for row in rows:
            deltas.add(row)
        self.news.ended(rows)

    def take_back(self, key: Key, deltas: Deltas) -> Closed | None:
        """Removes an attempt that a reaper had settled, and what it had counted for."""
        rows = self.connection.execute(_READ, key)
        if not rows or rows[0][CLOSED_COLUMNS.index("outcome")] != ABANDONED:
            return None
        row = settled(rows[0])
        if not self.connection.change(_REMOVE, key):
            raise LedgerBusyError("an abandoned attempt was taken back twice at once")
        deltas.add(row, sign=-1)
        return row

    def _days_now(self) -> Days:
        stored = get_meta(self.connection, "timezone")
        if stored is not None and stored != self.days.zone.key:
            # Another process rebuilt the rollups meanwhile; days must mean the same to all.
            _log.warning("The ledger's time zone is now %s", stored)
            self.days = Days(zone_named(stored))
            self._straddling.forget()
        return self.days


@cache
def _insert(units: tuple[int, ...]) -> str:
    columns = (*CLOSED_COLUMNS, *(UNIT_COLUMNS[index] for index in units))
    return f"INSERT INTO attempts ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names


@cache
def _known_sql(size: int) -> str:
    wanted = ", ".join(["(?, ?)"] * size)
    return (
        f"WITH wanted (call_id, attempt) AS (VALUES {wanted}) "  # noqa: S608 - question marks
        "SELECT a.call_id, a.attempt, a.outcome FROM wanted w CROSS JOIN attempts a "
        "WHERE a.call_id = w.call_id AND a.attempt = w.attempt"
    )
