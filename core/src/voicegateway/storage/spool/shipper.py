"""The second thread: takes from the spool what waits there and has the writer write it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Final

from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.budgets.draws import Draw
from voicegateway.storage.engine import Engine
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.rows import Key
from voicegateway.storage.spool.folders import SpoolFolder
from voicegateway.storage.spool.inheritance import Inheritance
from voicegateway.storage.spool.pump import Pump
from voicegateway.storage.spool.spool import Spool
from voicegateway.storage.stats import Tally
from voicegateway.storage.writer import Queue, Writer

__all__ = ["Shipper"]

_log = logging.getLogger("voicegateway.ledger")

_IDLE_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 3.0
"""A database that takes nothing for so long counts as away."""
_UNREADABLE_SECONDS: Final = 2.0


class Shipper:
    """Starts with the first record, or with the ledger's `start`."""

    def __init__(
        self,
        spool: Spool,
        folder: SpoolFolder,
        engine: Engine,
        zone: str | None,
        tally: Tally,
        accounts: Accounts,
        permits: Permits,
        retention_days: int | None = None,
    ) -> None:
        self.busy = threading.Lock()
        """Held while the database is used, so that a fork can wait until it is not."""
        self._spool = spool
        self._queue: Queue = deque()
        kept = "on this machine's disk"
        about = (self._queue, engine, zone, tally, accounts, permits)
        self._writer = Writer(*about, kept=kept, retention_days=retention_days)
        self._pump = Pump(spool, self._queue)
        self._inheritance = Inheritance(folder, engine)
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._progress = time.monotonic()
        self._unreadable = False

    @property
    def away(self) -> bool:
        """Whether what waits will have to wait for longer."""
        if self._thread is None or self._stop.is_set():
            return True
        if self._writer.trouble not in (None, "locked"):
            return True
        return time.monotonic() - self._progress > _PATIENCE_SECONDS

    def rouse(self) -> None:
        """There is something to do, or may be."""
        if self._thread is None and not self._stop.is_set():
            thread = threading.Thread(target=self._run, name="voicegw-shipper", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return  # the interpreter is too far gone: the next process ships it
            self._progress = time.monotonic()
            self._thread = thread
        self._wake.set()

    def ask(self, request: Draw | Permit) -> None:
        """From any thread: have it answered, if the database can be reached."""
        self._writer.ask(request)
        self.rouse()

    @property
    def turns(self) -> int:
        """Of the database's writer that did what there was to do."""
        return self._writer.turns

    def forget(self, key: Key) -> None:
        self._writer.forget(key)
        self.rouse()

    def stream_ended(self, scope: str) -> None:
        self._writer.stream_ended(scope)
        self.rouse()

    def stop(self, timeout: float) -> None:
        """Ends the thread; settles what is open if everything else is in the database."""
        self._stop.set()
        self._wake.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
            if thread.is_alive():
                return  # it waits for a server that does not answer
        self._inheritance.close()
        if self._writer.trouble is None and not self._spool.waiting:
            self._writer.retire()
        self.disconnect()

    def disconnect(self) -> None:
        self._writer.disconnect()
        self._inheritance.disconnect()

    def leave_to_parent(self) -> None:
        """In a forked child."""
        self._inheritance.leave_to_parent()

    def _run(self) -> None:
        while not self._stop.is_set():
            with self.busy:
                rest, more = self._turn()
            if rest:
                self._stop.wait(rest)  # not `_wake`, which every record sets
            elif not (more or self._queue or self._writer.pending or self._spool.waiting):
                self._wake.wait(_IDLE_SECONDS)
                self._wake.clear()

    def _turn(self) -> tuple[float, bool]:
        """How many seconds to rest, and whether there is more to do at once."""
        if not self._filled():
            return _UNREADABLE_SECONDS, False
        rest = self._writer.turn()
        if rest:
            return rest, False
        self._progress = time.monotonic()
        return 0.0, not self._queue and self._inheritance.turn()

    def _filled(self) -> bool:
        try:
            self._pump.fill()
        except OSError as error:
            if not self._unreadable:
                self._unreadable = True
                _log.warning("The spool cannot be read back: %s", error.strerror or error)
            return False
        self._unreadable = False
        return True
