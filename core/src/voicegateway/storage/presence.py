"""How a ledger shows the others that its process lives, so that they leave its open rows alone.

Every ledger has a row in `processes` with a lease, renewed each second while it has open rows.
A ledger that finds its lease taken (it was cut off, or suspended, and another process settled
its rows) registers anew and takes its rows back: they are running, so they are open.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Final

from voicegateway.storage.batch import OPEN_COLUMNS, Running, opening
from voicegateway.storage.book import Book
from voicegateway.storage.budgets import leases
from voicegateway.storage.budgets.accounts import Accounts, clock
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.engine import Value
from voicegateway.storage.host import Process, this_process
from voicegateway.storage.rollups import Deltas
from voicegateway.storage.rows import Key

__all__ = ["INSERT_OPEN", "LEASE_US", "Presence"]

LEASE_US: Final = 5_000_000
_RENEW_SECONDS: Final = 1.0

_COLUMNS: Final = (*OPEN_COLUMNS, *UNIT_COLUMNS)
INSERT_OPEN: Final = (
    f"INSERT INTO open_attempts ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own names
    f"VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (call_id, attempt) DO UPDATE "
    "SET held_nano = COALESCE(open_attempts.held_nano, excluded.held_nano)"
)
_REGISTER: Final = (
    "INSERT INTO processes (host, pid, started, opened_us, lease_until_us) "
    "VALUES (?, ?, ?, ?, ?) RETURNING id"
)
_RENEW: Final = (
    "UPDATE processes SET lease_until_us = ?, lost = ?, last_error = ?, queued = ? "
    "WHERE id = ? AND host = ? AND pid = ? AND opened_us = ? AND lease_until_us IS NOT NULL"
)

_LEAVE: Final = (
    "UPDATE processes SET lease_until_us = NULL, lost = ?, last_error = ?, queued = 0 WHERE id = ?"
)


class Presence:
    """Our row in `processes`, and the attempts it has open. It outlives connections."""

    def __init__(
        self,
        losses: Callable[[], tuple[int, str | None]],
        accounts: Accounts | None = None,
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        self.running: dict[Key, Running] = {}
        self.counted = 0
        """Streams of this process that a limit counts."""
        self._losses = losses
        self._waiting = waiting
        self._told_waiting = 0
        self._accounts = Accounts() if accounts is None else accounts
        self._id: int | None = None
        self._opened_us = 0
        self._renewed = float("-inf")
        self._told: tuple[int, str | None] = (0, None)

    @cached_property
    def me(self) -> Process:
        return this_process()  # on the writer's thread: it may have to ask the system

    @property
    def process_id(self) -> int:
        if self._id is None:
            raise AssertionError("show() comes before any write")
        return self._id

    @property
    def known(self) -> bool:
        return self._id is not None

    def doubt(self) -> None:
        """On a new connection: look whether the row is still there before the next write."""
        self._renewed = float("-inf")

    def show(self, book: Book, *, opening_rows: bool) -> None:
        """Before a batch is written: a row to write under, and a good lease for rows it opens."""
        if self._renewed == float("-inf") or (opening_rows and self._overdue()):
            self.renew(book)

    def keep(self, book: Book) -> None:
        """Every second: the lease stays good while rows are open or budget is leased, and losses
        and what waits are made known."""
        unseen = self._renewed == float("-inf") or self._told != self._losses()
        if self._told_waiting or self._waiting():
            unseen = True
        if unseen or (
            (self.running or self._accounts.leased() or self.counted) and self._overdue()
        ):
            self.renew(book)

    def leave(self, book: Book) -> None:
        """Inside a transaction: this ledger will not come back for its rows."""
        book.connection.change(_LEAVE, (*self._losses(), self.process_id))

    def left(self) -> None:
        """After that transaction."""
        self._id = None
        self.running.clear()

    def _overdue(self) -> bool:
        return time.monotonic() - self._renewed >= _RENEW_SECONDS

    def renew(self, book: Book) -> None:
        losses, unsure = self._losses(), self._renewed == float("-inf")
        waiting = self._waiting()
        with book.writing() as deltas:
            connection = book.connection
            seen, now = clock(), connection.now_us()
            process_id, opened_us = self._id, self._opened_us
            told = (now + LEASE_US, *losses, waiting)
            values = (*told, process_id, self.me.host, self.me.pid, opened_us)
            if process_id is None or not connection.change(_RENEW, values):
                process_id, opened_us = self._register(book, now), now
                self._take_over(book, deltas, process_id)
        if self._accounts and (unsure or process_id != self._id):
            owned = leases.owned(book.connection, process_id)
            self._accounts.corrected(
                {
                    account.project: owned.get(book.dimensions.project(account.project), 0)
                    for account in self._accounts.all()
                }
            )
        self._id, self._opened_us, self._told = process_id, opened_us, losses
        self._told_waiting, self._renewed = waiting, time.monotonic()
        self._accounts.renewed(seen)

    def _register(self, book: Book, now: int) -> int:
        values: tuple[Value, ...]
        values = (self.me.host, self.me.pid, self.me.started, now, now + LEASE_US)
        return int(book.connection.execute(_REGISTER, values)[0][0])

    def _held(self, running: Running, settled_nano: int) -> int:
        """What an attempt may still use up of what it was settled at by mistake."""
        account = self._accounts.get(running.attempt.project)
        return 0 if account is None else min(settled_nano, account.held_by(running.key))

    def _take_over(self, book: Book, deltas: Deltas, process_id: int) -> None:
        rows = []
        restored: Counter[int] = Counter()
        for key, running in sorted(self.running.items()):
            known = bool(book.known([key]))
            settled = book.take_back(key, deltas) if known else None
            if settled is not None:
                restored[settled.project_id] += self._held(running, settled.cost_nano or 0)
            if settled is not None or not known:
                rows.append(opening(running, book.dimensions, process_id))
        connection = book.connection
        leases.restore(connection, process_id, restored)
        connection.change_many(INSERT_OPEN, rows)
        book.news.opened((str(row[0]), int(row[1] or 0)) for row in rows)
        connection.change_many(
            "UPDATE open_attempts SET process_id = ? WHERE call_id = ? AND attempt = ?",
            [(process_id, *row[:2]) for row in rows],
        )
