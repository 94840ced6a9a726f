"""Permits to make a request: asked for in the agent's thread, given by the ledger's."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from voicegateway.storage.limits.buckets import PERMIT_US

__all__ = ["Limit", "Permit", "Permits"]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a config says of one provider, or of one in one project."""

    scope: str
    requests_per_minute: int | None = None
    concurrent_streams: int | None = None

    @property
    def ahead(self) -> int:
        """Permits worth drawing at once: what is used within the time that one lasts."""
        return max(1, (self.requests_per_minute or 0) * PERMIT_US // 60_000_000)


@dataclass(slots=True, eq=False)
class Permit:
    """A request for one permit under a limit, for a request or for a stream that stays open."""

    limit: Limit
    stream: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    retry_after: float | None = None
    """Seconds after which to ask again; None if it was given."""
    refused: str | None = None
    """`rate`, `streams`, or a sentence that says what kept the ledger from it."""
    _given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self) -> bool:
        """False if nobody waits any longer."""
        with self._lock:
            if self._given_up:
                return False
            self.done.set()
            return True

    def refuse(self, why: str, retry_after: float = 0.0) -> None:
        with self._lock:
            if not self._given_up:
                self.refused, self.retry_after = why, retry_after
                self.done.set()

    def give_up(self, why: str) -> None:
        """If it was given at that very moment, it counts as given."""
        with self._lock:
            if not self.done.is_set():
                self._given_up, self.refused, self.retry_after = True, why, 0.0


class Permits:
    """Those of this process, by limit: what was drawn ahead, and until when it is known that there
    are none. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stock: dict[str, tuple[int, float]] = {}
        self._none_until: dict[str, float] = {}

    def take(self, limit: Limit) -> bool:
        """One of those in stock, if they are still good."""
        with self._lock:
            count, until = self._stock.get(limit.scope, (0, 0.0))
            if count <= 0 or time.monotonic() >= until:
                return False
            self._stock[limit.scope] = (count - 1, until)
            return True

    def put(self, scope: str, count: int) -> None:
        """Just drawn. What was left of earlier ones is let go."""
        with self._lock:
            self._stock[scope] = (count, time.monotonic() + PERMIT_US / 1e6)

    def none_for(self, scope: str) -> float:
        """Seconds until asking makes sense again."""
        return max(0.0, self._none_until.get(scope, 0.0) - time.monotonic())

    def set_none_for(self, scope: str, seconds: float) -> None:
        self._none_until[scope] = time.monotonic() + seconds
