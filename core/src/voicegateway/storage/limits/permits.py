"""Permits to make a request: asked for in the agent's thread, given by the ledger's."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from voicegateway.storage.limits.buckets import PERMIT_US

__all__ = ["Limit", "Permit", "Permits"]

_GOOD_SECONDS: Final = PERMIT_US / 1e6
_EARLY: Final = 0.4
"""More are asked for when so much of the time is left, or of what is used in it."""
_SHORTEST_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Limit:
    """What a config says of one provider, or of one in one project."""

    scope: str
    requests_per_minute: int | None = None
    concurrent_streams: int | None = None

    @property
    def counts(self) -> bool:
        """Whether open streams are counted."""
        return self.concurrent_streams is not None

    @property
    def ahead(self) -> int:
        """Permits that may be drawn at once: what is let through in the time that one lasts."""
        return max(1, (self.requests_per_minute or 0) * PERMIT_US // 60_000_000)


@dataclass(slots=True, eq=False)
class Permit:
    """A request for one permit under a limit, for a request or for a stream that stays open."""

    limit: Limit
    stream: bool = False
    ahead: bool = False
    """Nobody waits: it is for the stock."""
    done: threading.Event = field(default_factory=threading.Event)
    retry_after: float | None = None
    """Seconds after which to ask again; None if it was given."""
    refused: str | None = None
    """`rate`, `streams`, or a sentence that says what kept the ledger from it."""
    _given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def given_up(self) -> bool:
        return self._given_up

    def give(self) -> bool:
        """False if nobody waits, or no longer."""
        if self.ahead:
            return False
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


class _Stock:
    """One limit's: permits in the order in which they spoil, and how fast they are used."""

    __slots__ = ("asked_at", "batches", "since", "used")

    def __init__(self) -> None:
        self.batches: deque[tuple[int, float]] = deque()
        self.used = 0
        self.since = time.monotonic()
        self.asked_at = float("-inf")

    def wanted(self, now: float) -> float:
        """As many as are used while a permit is good."""
        return self.used / max(now - self.since, _SHORTEST_SECONDS) * _GOOD_SECONDS

    def low(self, now: float) -> bool:
        """Whether it is time to ask for more, of what is used often enough."""
        wanted = self.wanted(now)
        if wanted < 2 or now - self.asked_at < _GOOD_SECONDS:
            return False
        late = now + _GOOD_SECONDS * _EARLY
        return sum(count for count, until in self.batches if until > late) < wanted * _EARLY


class Permits:
    """Those of this process, by limit: what was drawn ahead, and until when it is known that there
    are none. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a finalizer may run in the middle
        self._stocks: dict[str, _Stock] = {}
        self._none_until: dict[str, float] = {}

    def take(self, limit: Limit) -> bool:
        """One of those in stock, if any is still good."""
        with self._lock:
            stock = self._stock(limit.scope)
            stock.used += 1
            batches, now = stock.batches, time.monotonic()
            while batches:
                count, until = batches[0]
                if now < until:
                    if count == 1:
                        batches.popleft()
                    else:
                        batches[0] = (count - 1, until)
                    return True
                batches.popleft()
            return False

    def low(self, limit: Limit) -> bool:
        """Whether to ask for more ahead of need; True once, until they have come."""
        with self._lock:
            stock, now = self._stock(limit.scope), time.monotonic()
            if not stock.low(now):
                return False
            stock.asked_at = now
            return True

    def wanted(self, limit: Limit) -> int:
        """How many are worth drawing at once: what this process uses while they are good."""
        with self._lock:
            stock, now = self._stock(limit.scope), time.monotonic()
            wanted = stock.wanted(now)
            stock.used, stock.since = 0, now
            return min(limit.ahead, max(1, round(wanted)))

    def put(self, scope: str, count: int, given_at: float) -> None:
        """Drawn at `given_at` of `time.monotonic()`."""
        with self._lock:
            stock = self._stock(scope)
            stock.batches.append((count, given_at + _GOOD_SECONDS))
            stock.asked_at = float("-inf")

    def none_for(self, scope: str) -> float:
        """Seconds until asking makes sense again."""
        return max(0.0, self._none_until.get(scope, 0.0) - time.monotonic())

    def set_none_for(self, scope: str, seconds: float) -> None:
        self._none_until[scope] = time.monotonic() + seconds

    def _stock(self, scope: str) -> _Stock:
        stock = self._stocks.get(scope)
        if stock is None:
            stock = self._stocks[scope] = _Stock()
        return stock
