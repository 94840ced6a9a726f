"""What the writer thread does: drain, commit in groups, keep the lease, look after the dead.

Nothing here raises. Whatever goes wrong with the database, records wait in memory and are tried
again, sooner if it is merely locked and later if it looks lasting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Final

from voicegateway.storage.book import Book, LedgerBusyError
from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.budgets.desk import Desk
from voicegateway.storage.budgets.draws import Draw
from voicegateway.storage.deferred import made
from voicegateway.storage.engine import Engine, Trouble, TroubleKind
from voicegateway.storage.feed import prune_feed
from voicegateway.storage.limits.desk import LimitDesk
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.models import AttemptClosed, DeferredRecord, LedgerRecord
from voicegateway.storage.posting import forsake, post
from voicegateway.storage.presence import Presence
from voicegateway.storage.prune import prune_quarters
from voicegateway.storage.reaper import Reaper, settle
from voicegateway.storage.rebuild import ensure_zone
from voicegateway.storage.retention import prune_attempts
from voicegateway.storage.rows import Key
from voicegateway.storage.schema import prepare
from voicegateway.storage.stats import Tally
from voicegateway.storage.troubles import Troubles

__all__ = ["GROUP", "FlushMark", "Queue", "Writer"]

_log = logging.getLogger("voicegateway.ledger")

GROUP: Final = 512
"""Records a transaction, so that others who write here wait 25 ms at most..."""
_BACKLOG: Final = 4096
_LARGE_GROUP: Final = 2048
"""...unless so many are queued that catching up matters more: large groups are faster."""
_DUTY_SECONDS: Final = 1.0
_RETIRE_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 0.005


class FlushMark:
    """Stands in the queue behind all that a flush waits for."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = threading.Event()

    def reached(self) -> None:
        """All that stood before it is durable, or never will be."""
        self.done.set()


Queue = deque[LedgerRecord | DeferredRecord | FlushMark]


class Writer:
    """One ledger's writer. Its thread calls it; a fork may `disconnect` it under `gate`."""

    def __init__(
        self,
        queue: Queue,
        engine: Engine,
        zone: str | None,
        tally: Tally,
        accounts: Accounts,
        permits: Permits,
        *,
        kept: str = "in memory",
        retention_days: int | None = None,
    ) -> None:
        self.trouble: TroubleKind | None = None
        """Why the last turn did nothing; None if it did."""
        self.turns = 0
        """How many did what there was to do."""
        self.gate = threading.Lock()
        """Held while the database is used, so that a fork can wait until it is not."""
        self._queue = queue
        self._engine = engine
        self._zone = zone
        self._retention_days = retention_days
        self._tally = tally
        self._batch: list[LedgerRecord] = []
        self._marks: list[FlushMark] = []
        self._book: Book | None = None
        self._accounts = accounts
        self._presence = Presence(tally.losses, accounts, self._waiting)
        self._budgets = Desk(accounts, self._presence)
        self._limits = LimitDesk(permits, self._presence)
        self._reaper = Reaper()
        self._troubles = Troubles(engine.name, kept)
        self._last_duty = float("-inf")

    @property
    def pending(self) -> bool:
        return bool(self._batch or self._marks or self._queue or self._asked)

    def _waiting(self) -> int:
        """Records that are not yet durable in the database; those in a spool among them."""
        tally = self._tally
        return len(self._queue) + tally.in_hand if tally.spool is None else tally.spool()[0]

    @property
    def _asked(self) -> bool:
        return self._budgets.busy or self._limits.busy

    def ask(self, request: Draw | Permit) -> None:
        """From any thread: have it answered in the next turn."""
        if self.trouble not in (None, "locked"):
            request.refuse(self._tally.last_error or "the ledger cannot be written")
        elif isinstance(request, Draw):
            self._budgets.ask(request)
        else:
            self._limits.ask(request)

    def forget(self, key: Key) -> None:
        """From any thread: an attempt that budget was drawn for will not be made."""
        self._budgets.forget(key)

    def stream_ended(self, scope: str) -> None:
        """From any thread: a stream that was counted under a limit is over."""
        self._limits.ended(scope)

    def _refuse_all(self, why: str) -> None:
        self._budgets.refuse_all(why)
        self._limits.refuse_all(why)

    def turn(self) -> float:
        """Does what there is to do; returns how many seconds to rest if it could not be done."""
        if not self._batch and not self._marks:
            self._take(GROUP if len(self._queue) < _BACKLOG else _LARGE_GROUP)
        with self.gate:
            try:
                book = self._connected()
                # First, since an agent waits for it.
                self._budgets.serve(book, unbooked=bool(self._batch or self._queue))
                self._limits.serve(book)
                wrote = self._post(book)
                self._budgets.serve(book, unbooked=bool(self._queue))
                self._finish()
                if time.monotonic() - self._last_duty >= _DUTY_SECONDS:
                    self._duties(book)
                    wrote = True
                if wrote:  # doing nothing is no sign that it can be written again
                    self._troubles.over(self._tally.lost)
            except Exception as error:  # noqa: BLE001 - all that can go wrong ends here
                return self._troubled(self._sorted(error))
        self.trouble = None
        self.turns += 1
        return 0.0

    def retire(self) -> bool:
        """The owner is closing: attempts that are still open will not be heard of again. False
        if they could not be settled: then that is left to the next process."""
        deadline = time.monotonic() + _RETIRE_SECONDS
        while (trouble := self._retire()) is not None:
            self._tally.last_error = trouble.message
            if trouble.kind != "locked" or time.monotonic() >= deadline:
                return False
            time.sleep(_RETRY_SECONDS)
        return True

    def _retire(self) -> Trouble | None:
        with self.gate:
            try:
                if self._book is not None and self._presence.known:
                    with self._book.writing() as deltas:
                        self._budgets.clear(self._book)
                        settle(self._book, self._presence.process_id, deltas)
                        self._presence.leave(self._book)
                    self._presence.left()
            except Exception as error:  # noqa: BLE001 - then the next process settles them
                return self._sorted(error)
        return None

    def give_up(self) -> None:
        """Counts all that is not durable as lost, and lets go of the database."""
        self._refuse_all("the ledger is closed")
        self._take(len(self._queue))
        if self._batch:
            self._tally.lose(len(self._batch))
            _log.warning(
                "%d records are lost, the ledger %s was closed before they could be written: %s",
                len(self._batch),
                self._engine.name,
                self._tally.last_error,
            )
        self._finish()
        with self.gate:
            self.disconnect()

    def leave_to_parent(self) -> None:
        """In a forked child: there is nothing but the connection, which was closed before."""

    def disconnect(self) -> None:
        book, self._book = self._book, None
        if book is not None:
            book.connection.close()

    def _take(self, most: int) -> None:
        for _ in range(min(most, len(self._queue))):
            item = self._queue.popleft()
            if isinstance(item, FlushMark):
                self._marks.append(item)
            elif not callable(item):
                self._batch.append(item)
            elif (record := made(item, self._tally)) is not None:
                self._batch.append(record)
        self._tally.in_hand = len(self._batch)

    def _connected(self) -> Book:
        if self._book is None:
            connection = self._engine.connect()
            try:
                prepare(connection, self._engine)
                zone = ensure_zone(connection, self._zone)
            except BaseException:
                connection.close()
                raise
            self._book = Book(connection, zone)
            self._presence.doubt()
            self._limits.doubt()
            self._last_duty = float("-inf")
        return self._book

    def _post(self, book: Book) -> bool:
        """False if there was nothing to write."""
        if not self._batch:
            return False
        try:
            post(self._batch, book, self._presence, self._accounts)
        except Exception as error:
            if self._sorted(error).kind != "record":
                raise
            self._post_singly(book)
        else:
            self._tally.committed += len(self._batch)
        return True

    def _post_singly(self, book: Book) -> None:
        """One of the records was refused: find it, and keep the others."""
        while self._batch:
            try:
                post(self._batch[:1], book, self._presence, self._accounts)
            except Exception as error:
                trouble = self._sorted(error)
                if trouble.kind != "record":
                    raise
                self._tally.last_error = trouble.message
                self._forsake(self._batch[0], book)
                self._tally.lose()
                self._troubles.refused(trouble)
            else:
                self._tally.committed += 1
            del self._batch[0]

    def _forsake(self, record: LedgerRecord, book: Book) -> None:
        if not isinstance(record, AttemptClosed):
            return
        try:
            forsake(record, book, self._presence, self._accounts)
        except Exception as error:
            if self._sorted(error).kind != "record":
                raise

    def _finish(self) -> None:
        self._batch.clear()
        self._tally.in_hand = 0
        for mark in self._marks:
            mark.reached()
        self._marks.clear()

    def _duties(self, book: Book) -> None:
        self._last_duty = time.monotonic()
        if book.connection.moved():
            self.disconnect()  # deleted or replaced: the next turn opens what is there now
            return
        self._presence.keep(book)
        self._budgets.hand_back(book)
        self._reaper.round(book, self._presence.me, self._presence.process_id)
        prune_quarters(book)
        prune_feed(book.connection)
        if self._retention_days is not None:
            prune_attempts(book, self._retention_days)

    def _sorted(self, error: Exception) -> Trouble:
        if isinstance(error, LedgerBusyError):
            return Trouble("locked", f"other writers keep changing the same rows: {error}")
        return self._engine.trouble(error)

    def _troubled(self, trouble: Trouble) -> float:
        self.trouble = trouble.kind
        self._tally.last_error = trouble.message
        if trouble.kind != "locked":
            self._refuse_all(trouble.message)
            self.disconnect()
        return self._troubles.met(trouble)
