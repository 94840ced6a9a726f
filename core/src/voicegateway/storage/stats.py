"""What a ledger tells of itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LedgerStats", "Tally"]


@dataclass(frozen=True, slots=True)
class LedgerStats:
    """Records (not rows) since this ledger was opened."""

    appended: int
    committed: int
    """Durable, or known already."""
    lost: int
    """Never to be written: the queue was full, the ledger closed, or the record absurd."""
    queued: int
    """Not yet durable."""
    last_error: str | None
    """One sentence; stays after recovery."""
    spooled: int = 0
    """Of the queued: on this machine's disk, where they survive the process. Always 0 for an
    engine that does not spool."""


class Tally:
    """The counters behind it. `committed` and `in_hand` belong to the writer thread."""

    def __init__(self) -> None:
        self.committed = 0
        self.in_hand = 0
        """Taken from the queue and not yet durable."""
        self.spool: Callable[[], tuple[int, int]] | None = None
        """How many wait in the spool, `in_hand` among them, and how many of those are on the
        disk; None where there is no spool."""
        self.last_error: str | None = None
        self._lost = 0
        self._lock = threading.Lock()

    @property
    def lost(self) -> int:
        return self._lost

    def lose(self, count: int = 1) -> None:
        """From any thread."""
        with self._lock:
            self._lost += count

    def losses(self) -> tuple[int, str | None]:
        """What other processes are told; an error without a loss is nobody's concern."""
        return (self._lost, self.last_error) if self._lost else (0, None)
