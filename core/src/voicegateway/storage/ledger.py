"""The ledger's front: takes records from any thread in about a microsecond and never fails.

    ledger = open_ledger("voicegw.db")
    ledger.append(AttemptOpened(attempt))
    ledger.append(AttemptClosed(attempt, ...))
    ledger.flush()

A daemon thread does the writing. What was appended is durable against a killed process within
50 ms, and `close` (or the interpreter's exit) drains the rest.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from voicegateway.storage import forking
from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.budgets.draws import Draw
from voicegateway.storage.days import zone_named
from voicegateway.storage.engine import Durability, Engine, EngineFactory
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.loop import Loop
from voicegateway.storage.models import DeferredRecord, LedgerRecord
from voicegateway.storage.rows import Key
from voicegateway.storage.stats import LedgerStats, Tally
from voicegateway.storage.targets import Target, engine_for
from voicegateway.storage.writer import FlushMark, Queue, Writer

if TYPE_CHECKING:
    from voicegateway.storage.spool.intake import SpooledWriter

__all__ = ["Ledger", "LedgerStats", "open_ledger"]

_log = logging.getLogger("voicegateway.ledger")

_QUEUE_LIMIT: Final = 200_000
_CLOSE_SECONDS: Final = 5.0

_FORK_SECONDS: Final = 2.0

_inherited: list[Writer | SpooledWriter] = []
_open_ledgers: WeakSet[Ledger] = WeakSet()


def open_ledger(
    target: Target,
    *,
    timezone: str | None = "UTC",
    durability: Durability = "process",
    engine_factory: EngineFactory | None = None,
    queue_limit: int = _QUEUE_LIMIT,
    retention_days: int | None = None,
) -> Ledger:
    """A ledger that writes to `target`: a path or `sqlite:///` URL, or any other URL through
    `engine_factory` (the entry point of its scheme in group `voicegw.storage`, which the
    caller resolves). Touches nothing yet: the database is opened when the first record comes.

    `timezone` is whose calendar days costs are summed by; if the ledger has another its sums
    are rebuilt, and None keeps what it has. `durability` "power" survives a power cut as well.
    `queue_limit` records at most wait in memory while the database cannot be written.
    Attempts that started more than `retention_days` whole days ago are deleted, little by little,
    while their sums stay; None keeps them for ever.

    Raises `LedgerError` for an unknown time zone or a target that no engine can open."""
    if timezone is not None:
        zone_named(timezone)
    engine = engine_for(target, durability=durability, engine_factory=engine_factory)
    return Ledger(
        engine,
        timezone=timezone,
        queue_limit=queue_limit,
        durability=durability,
        retention_days=retention_days,
    )


class Ledger:
    """Made by `open_ledger`. All methods may be called from any thread."""

    _loop: Loop
    _lock: threading.Lock
    _closed: bool
    _lost_at_flush: int
    _stuck_at: int

    def __init__(
        self,
        engine: Engine,
        *,
        timezone: str | None,
        queue_limit: int = _QUEUE_LIMIT,
        durability: Durability = "process",
        retention_days: int | None = None,
    ) -> None:
        self._retention_days = retention_days
        self._engine = engine
        self._durability = durability
        self._timezone = timezone
        self._queue_limit = queue_limit
        self._begin()
        _open_ledgers.add(self)
        forking.watch(self)

    def append(self, record: LedgerRecord | DeferredRecord) -> None:
        """Hands a record over. Never blocks and never raises: if the database cannot be
        written for so long that the queue is full, the record is counted as lost."""
        queue = self._queue
        if len(queue) >= self._limit:
            self._refuse()
            return
        queue.append(record)
        if self._loop.resting:
            self._loop.rouse()

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until everything appended before is durable; at most `timeout` seconds.
        False if it is not, or if records were lost since the last flush. Where the engine
        spools and its database is away, the spool on this machine's disk is durable enough."""
        mark = FlushMark()
        with self._lock:
            if self._closed or not (self._loop.started or self._queue):
                mark.done.set()
            else:
                self._queue.append(mark)
        if not mark.done.is_set():
            self._loop.rouse()
        done = mark.done.wait(timeout)
        lost, before = self._tally.lost, self._lost_at_flush
        self._lost_at_flush = lost
        return done and lost == before

    def obtain(self, request: Draw | Permit, timeout: float) -> None:
        """Asks for budget, or for a permit under a rate limit, and waits at most `timeout` seconds;
        `request.refused` says how it went. This is the only method that waits for the database,
        and for a call that may not begin otherwise. Once it was waited for in vain, nobody else
        waits until the database has answered again."""
        turns = self._writer.turns
        if self._stuck_at == turns:
            request.refuse("the ledger does not answer")
            self._loop.rouse()
            return
        self._stuck_at = -1
        self.ask(request)
        if not request.done.wait(timeout):
            request.give_up(f"the ledger did not answer within {timeout:g} s")
            self._stuck_at = turns

    def ask(self, request: Draw | Permit) -> None:
        """The same without waiting for it."""
        if self._closed:
            request.refuse("the ledger is closed")
            return
        self._writer.ask(request)
        self._loop.rouse()

    def forget(self, key: Key) -> None:
        """An attempt that budget was obtained for will not be made."""
        self._writer.forget(key)

    def stream_ended(self, scope: str) -> None:
        """A stream that was counted under a limit is over."""
        self._writer.stream_ended(scope)
        self._loop.rouse()

    def start(self) -> None:
        """Starts the writer before there is anything to write, so that the rows of processes
        that died are settled."""
        self._loop.rouse()

    def stats(self) -> LedgerStats:
        """The counters as they are now."""
        tally = self._tally
        waiting, spooled = (tally.in_hand, 0) if tally.spool is None else tally.spool()
        queued = len(self._queue) + waiting
        return LedgerStats(
            appended=tally.committed + tally.lost + queued,
            committed=tally.committed,
            lost=tally.lost,
            queued=queued,
            last_error=tally.last_error,
            spooled=spooled,
        )

    def close(self, timeout: float = _CLOSE_SECONDS) -> None:
        """Writes what is queued, for at most `timeout` seconds if the database is in trouble;
        what then remains is counted as lost, as is anything appended later. Attempts of this
        ledger that are still open are settled as abandoned. Idempotent."""
        with self._lock:
            self._closed = True
            self._limit = 0
        self._loop.end(timeout)

    def before_fork(self) -> None:
        self._gated = self._writer.gate.acquire(timeout=_FORK_SECONDS)
        if self._gated:
            self._writer.disconnect()

    def after_fork_in_parent(self) -> None:
        if self._gated:
            self._writer.gate.release()

    def after_fork_in_child(self) -> None:
        if self._gated:
            self._writer.leave_to_parent()
        else:
            _inherited.append(self._writer)  # closing it here would harm the parent's file
        closed = self._closed
        self._begin()
        if closed:
            self._closed, self._limit = True, 0

    def _begin(self) -> None:
        self._queue: Queue = deque()
        self._tally = Tally()
        self.accounts = Accounts()
        """What this process may still spend of each project's budget."""
        self.permits = Permits()
        """What it may still request under each limit."""
        self._writer = self._new_writer()
        self._limit = self._queue_limit
        self._loop = Loop(self._queue, self._writer)
        self._lock = threading.Lock()
        self._closed = False
        self._gated = False
        self._lost_at_flush = 0
        self._said_full = False
        self._stuck_at = -1

    def _new_writer(self) -> Writer | SpooledWriter:
        about = (self._queue, self._engine, self._timezone, self._tally)
        lent = (self.accounts, self.permits)
        if not self._engine.spools:
            return Writer(*about, *lent, retention_days=self._retention_days)
        from voicegateway.storage.spool.intake import SpooledWriter  # SQLite needs none of it

        power = self._durability == "power"
        return SpooledWriter(*about, *lent, power=power, retention_days=self._retention_days)

    def _refuse(self) -> None:
        self._tally.lose()
        why = "is closed" if self._closed else f"has {self._limit} records waiting"
        if self._tally.last_error is None:
            self._tally.last_error = f"the ledger {why}"
        if not self._said_full:
            self._said_full = True
            _log.warning("The ledger %s %s: records are lost", self._engine.name, why)


def _close_all() -> None:
    for ledger in list(_open_ledgers):
        ledger.close()


atexit.register(_close_all)
