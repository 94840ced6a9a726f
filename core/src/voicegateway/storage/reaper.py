"""Settles the open rows and the leases of processes that have died, once, whoever notices first.

On the same machine the operating system knows: a process that is gone is settled at once, one
that is there never is, however long its loop or its disk kept it busy. Elsewhere only the lease
tells. A clock that differs, or a database that was locked for everybody, must not look like a
death, so a lease that has run out is first watched for its whole length: if its owner lives it
renews meanwhile. A lease that ran out a minute ago needs no watching.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from voicegateway.storage.batch import OPEN_COLUMNS
from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.engine import Row
from voicegateway.storage.host import Process, is_alive
from voicegateway.storage.limits import buckets
from voicegateway.storage.presence import LEASE_US
from voicegateway.storage.rollups import Deltas
from voicegateway.storage.rows import Key, abandoned

__all__ = ["Reaper", "settle", "settle_one"]

_LONG_AGO_US: Final = 60_000_000
_NO_LEASE: Final = -1
_WITH_OPEN_ROWS: Final = (
    "SELECT o.process_id, p.host, p.pid, p.started, p.lease_until_us "
    "FROM (SELECT process_id FROM open_attempts "
    "UNION SELECT process_id FROM budget_leases UNION SELECT process_id FROM rate_streams) o "
    "LEFT JOIN processes p ON p.id = o.process_id WHERE o.process_id <> ? ORDER BY o.process_id"
)
_CLAIM: Final = "UPDATE processes SET lease_until_us = NULL WHERE id = ? AND lease_until_us = ?"
_ROW: Final = ", ".join((*OPEN_COLUMNS, *UNIT_COLUMNS))
_TAKE: Final = f"DELETE FROM open_attempts WHERE process_id = ? RETURNING {_ROW}"  # noqa: S608 - our own names
_TAKE_ONE: Final = f"DELETE FROM open_attempts WHERE call_id = ? AND attempt = ? RETURNING {_ROW}"  # noqa: S608 - our own names


class Reaper:
    """Looks after the other processes on the same ledger."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[int, float]] = {}

    def round(self, book: Book, me: Process, own_id: int) -> int:
        """Settles what is found dead; returns how many rows that were. Cheap if none is."""
        settled = 0
        for process_id, lease in self._dead(book, me, own_id):
            with book.writing() as deltas:
                # Only one can take a lease that has not been renewed since it was looked at.
                if lease == _NO_LEASE or book.connection.change(_CLAIM, (process_id, lease)):
                    settled += settle(book, process_id, deltas)
        return settled

    def _dead(self, book: Book, me: Process, own_id: int) -> list[tuple[int, int]]:
        now, dead, seen = book.connection.now_us(), [], {}
        for process_id, host, pid, started, until in book.connection.execute(
            _WITH_OPEN_ROWS, (own_id,)
        ):
            # Without a lease: it was settled, and wrote once more before it noticed. If it lives
            # it takes these rows along to its new lease within a second.
            lease = _NO_LEASE if until is None else until
            alive = None if until is None else is_alive(Process(host, pid, started), me)
            watched = self._watched.get(process_id)
            if watched is None or watched[0] != lease:
                watched = (lease, time.monotonic())
            seen[process_id] = watched
            if alive is False or (alive is None and _run_out(watched, now)):
                dead.append((process_id, lease))
        self._watched = seen
        return dead


def settle(book: Book, process_id: int, deltas: Deltas) -> int:
    """Closes all open rows of a process as abandoned, and returns what it had leased."""
    count = _abandon(book, book.connection.execute(_TAKE, (process_id,)), deltas)
    leases.forget_process(book.connection, process_id)
    buckets.forget_process(book.connection, process_id)
    return count


def settle_one(book: Book, key: Key, deltas: Deltas) -> int:
    """Closes one open row as abandoned, if it is there."""
    return _abandon(book, book.connection.execute(_TAKE_ONE, key), deltas)


def _abandon(book: Book, taken: Sequence[Row], deltas: Deltas) -> int:
    rows = [abandoned(row) for row in taken]
    rows.sort(key=lambda row: row.key)
    known = book.known([row.key for row in rows])
    book.close([row for row in rows if row.key not in known], deltas)
    return len(rows)


def _run_out(watched: tuple[int, float], now: int) -> bool:
    lease, since = watched
    if lease != _NO_LEASE and lease + _LONG_AGO_US < now:
        return True
    return lease < now and time.monotonic() - since >= LEASE_US / 1_000_000
