"""The writer's thread: when it starts, works, rests and ends."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from voicegateway.storage.writer import GROUP, Queue, Writer

if TYPE_CHECKING:
    from voicegateway.storage.spool.intake import SpooledWriter

__all__ = ["Loop"]

_POLL_SECONDS: Final = 0.01
"""Between looks at the queue: waking the thread at each append costs more than the append, and
a commit of ten records little more than one of five."""
_MANY: Final = 32
_SHORT_POLL_SECONDS: Final = 0.002
"""When that many came at once: what is gained by letting more come is less than what those that
are there lose by waiting."""
_REST_AFTER_SECONDS: Final = 2.0
_REST_SECONDS: Final = 1.0
"""How long the thread sleeps when nothing has come for a while, and its duties are due."""


class Loop:
    """Starts the thread when it is first roused."""

    def __init__(self, queue: Queue, writer: Writer | SpooledWriter) -> None:
        self.resting = True
        """Asleep for so long that whoever has something for it must rouse it."""
        self._queue = queue
        self._writer = writer
        self._thread: threading.Thread | None = None
        self._deadline: float | None = None
        self._wake = threading.Event()
        # Reentrant: a record may come from a finalizer that runs in the middle of this.
        self._lock = threading.RLock()

    @property
    def started(self) -> bool:
        return self._thread is not None

    def rouse(self) -> None:
        """From any thread; never raises."""
        self.resting = False
        with self._lock:
            if self._thread is None and self._deadline is None:
                thread = threading.Thread(target=self._run, name="voicegw-ledger", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    return  # no thread to be had: `end` writes what is queued
                self._thread = thread
        self._wake.set()

    def end(self, timeout: float) -> None:
        """Writes what is queued, for at most `timeout` seconds if that is in trouble, and gives
        up the rest. Idempotent."""
        with self._lock:
            self._deadline = time.monotonic() + timeout
            thread = self._thread
        self._wake.set()
        if thread is not None:
            thread.join(timeout + 1)
        elif self._writer.pending:
            self._run()  # the interpreter was too far gone to start a thread
        if thread is None or not thread.is_alive():
            self._writer.give_up()  # an append that raced with this call

    def _run(self) -> None:
        writer = self._writer
        busy_at = time.monotonic()
        while True:
            poll = _POLL_SECONDS if len(self._queue) < _MANY else _SHORT_POLL_SECONDS
            rest = writer.turn()
            now = time.monotonic()
            if self._deadline is not None and (
                not writer.pending or (rest and now >= self._deadline)
            ):
                break
            # With less than a group queued it pays to let more come: a commit costs the same.
            if rest or len(self._queue) < GROUP:
                self._sleep(rest or self._idle_rest(now - busy_at, poll))
            if writer.pending:
                busy_at = now
        writer.retire()
        writer.give_up()

    def _idle_rest(self, idle: float, poll: float) -> float:
        if idle < _REST_AFTER_SECONDS:
            return poll
        self.resting = True
        # An append that came before this line is seen here, a later one sees `resting`.
        return 0.0 if self._queue else _REST_SECONDS

    def _sleep(self, seconds: float) -> None:
        if self._deadline is not None:
            seconds = min(seconds, max(0.0, self._deadline - time.monotonic()))
        self._wake.wait(seconds)
        self._wake.clear()
        self.resting = False
