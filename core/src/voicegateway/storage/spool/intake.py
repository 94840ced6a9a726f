"""The first thread's part: takes records in, makes them durable in the spool, answers flushes.

A flush is done when the records before it are in the database; while that is away, when they
are on this machine's disk.
"""

from __future__ import annotations

import logging
from typing import Final

from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.budgets.draws import Draw
from voicegateway.storage.deferred import made
from voicegateway.storage.engine import Engine
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.models import LedgerRecord
from voicegateway.storage.rows import Key
from voicegateway.storage.spool.folders import spool_folder, spool_limit
from voicegateway.storage.spool.shipper import Shipper
from voicegateway.storage.spool.spool import Spool
from voicegateway.storage.stats import Tally
from voicegateway.storage.writer import FlushMark, Queue

__all__ = ["SpooledWriter"]

_log = logging.getLogger("voicegateway.ledger")

_GROUP: Final = 512
_MOST_UNSAVED: Final = 1024
"""Records in memory alone. More stay in the ledger's queue, whose length is limited."""
_POLL_SECONDS: Final = 0.004
_BLOCKED_SECONDS: Final = 0.02
_STOP_SECONDS: Final = 2.0


class _Gate:
    """Both threads' locks, for a fork."""

    def __init__(self, shipper: Shipper, spool: Spool) -> None:
        self._locks = (shipper.busy, spool.lock)

    def acquire(self, timeout: float = -1) -> bool:
        first, second = self._locks
        if not first.acquire(timeout=timeout):
            return False
        if second.acquire(timeout=timeout):
            return True
        first.release()
        return False

    def release(self) -> None:
        for lock in self._locks:
            lock.release()


class SpooledWriter:
    """Stands for `Writer` where the engine spools. Raises `LedgerError` if the spool's limit is
    no number."""

    def __init__(
        self,
        queue: Queue,
        engine: Engine,
        zone: str | None,
        tally: Tally,
        accounts: Accounts,
        permits: Permits,
        *,
        power: bool,
        retention_days: int | None = None,
    ) -> None:
        folder = spool_folder(engine.name)
        self._queue = queue
        self._tally = tally
        self._name = engine.name
        self._spool = Spool(folder, limit=spool_limit(), power=power)
        self._shipper = Shipper(
            self._spool, folder, engine, zone, tally, accounts, permits, retention_days
        )
        self._marks: list[tuple[int, FlushMark]] = []
        self._given_up = False
        self.gate = _Gate(self._shipper, self._spool)
        tally.spool = self._waiting

    @property
    def pending(self) -> bool:
        if self._queue or self._marks:
            return True
        return self._spool.waiting > 0 and not self._shipper.away

    def ask(self, request: Draw | Permit) -> None:
        """From any thread. It is the database that grants it: the spool's disk is no place to
        reserve anything."""
        self._shipper.ask(request)

    @property
    def turns(self) -> int:
        return self._shipper.turns

    def forget(self, key: Key) -> None:
        self._shipper.forget(key)

    def stream_ended(self, scope: str) -> None:
        self._shipper.stream_ended(scope)

    def turn(self) -> float:
        """Does what there is to do; returns how many seconds to rest before the next time."""
        blocked = self._spool.unsaved >= _MOST_UNSAVED
        if not blocked:
            self._take_in()
        self._shipper.rouse()
        self._answer()
        if blocked:
            return _BLOCKED_SECONDS
        return _POLL_SECONDS if self.pending and not self._queue else 0.0

    def retire(self) -> None:
        """The owner is closing: attempts that are still open will not be heard of again."""
        self._shipper.stop(_STOP_SECONDS)

    def give_up(self) -> None:
        """Leaves on the disk what is not in the database; what is not there is lost."""
        if self._given_up and not self._queue:
            return
        self._given_up = True
        while self._queue:
            self._take_in()
        unsaved = self._spool.forsake()
        if unsaved:
            self._tally.lose(unsaved)
            _log.warning(
                "%d records are lost, the ledger %s was closed before they could be written: %s",
                unsaved,
                self._name,
                self._tally.last_error,
            )
        if self._spool.waiting:
            _log.warning(
                "%d records wait on this machine's disk until the ledger %s can be reached: the "
                "next process that opens it here writes them.",
                self._spool.waiting,
                self._name,
            )
        for _, mark in self._marks:
            mark.reached()
        self._marks.clear()
        self._spool.close()

    def disconnect(self) -> None:
        self._shipper.disconnect()

    def leave_to_parent(self) -> None:
        """In a forked child: neither files nor locks are this process's."""
        self._spool.leave_to_parent()
        self._shipper.leave_to_parent()

    def _take_in(self) -> None:
        records: list[LedgerRecord] = []
        for _ in range(min(_GROUP, len(self._queue))):
            item = self._queue.popleft()
            if isinstance(item, FlushMark):
                self._marks.append((self._spool.added + len(records), item))
            elif not callable(item):
                records.append(item)
            elif (record := made(item, self._tally)) is not None:
                records.append(record)
        if records:
            self._spool.add(records)

    def _answer(self) -> None:
        if not self._marks:
            return
        settled = self._spool.settled
        if self._shipper.away and not self._spool.unsaved:
            settled = self._spool.added
        for position, mark in self._marks:
            if position <= settled:
                mark.reached()
        self._marks = [(position, mark) for position, mark in self._marks if position > settled]

    def _waiting(self) -> tuple[int, int]:
        waiting = self._spool.waiting
        return waiting, waiting - self._spool.unsaved
