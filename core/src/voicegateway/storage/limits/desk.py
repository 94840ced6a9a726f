"""The ledger thread's part in rate limits: gives permits, and counts the streams that ended."""

from __future__ import annotations

from collections import Counter, deque

from voicegateway.storage.book import Book
from voicegateway.storage.limits import buckets
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.presence import Presence

__all__ = ["LimitDesk"]

_STREAMS_RETRY_SECONDS = 0.25


class LimitDesk:
    """One a writer. `ask` and `ended` may be called from any thread, all else by the writer's."""

    def __init__(self, permits: Permits, presence: Presence) -> None:
        self._permits = permits
        self._presence = presence
        self._waiting: deque[Permit] = deque()
        self._ended: deque[str] = deque()

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._ended)

    def ask(self, permit: Permit) -> None:
        self._waiting.append(permit)

    def ended(self, scope: str) -> None:
        """A stream that had a permit is over."""
        self._ended.append(scope)

    def refuse_all(self, why: str) -> None:
        while self._waiting:
            self._waiting.popleft().refuse(why)

    def serve(self, book: Book) -> None:
        """Raises whatever the engine raises; those that wait then wait for the next turn."""
        if not self.busy:
            return
        asked = [self._waiting.popleft() for _ in range(len(self._waiting))]
        over = Counter(self._ended.popleft() for _ in range(len(self._ended)))
        asked.sort(key=lambda permit: permit.limit.scope)
        try:
            self._presence.show(book, opening_rows=True)
            with book.writing():
                buckets.stream_ended(book.connection, self._presence.process_id, over)
                answers = [(permit, *self._answer(book, permit)) for permit in asked]
        except BaseException:
            self._waiting.extend(asked)
            self._ended.extend(over.elements())
            raise
        self._presence.counted -= over.total()
        for permit, given, why, wait in answers:
            self._announce(permit, given, why, wait)

    def _answer(self, book: Book, permit: Permit) -> tuple[int, str, float]:
        """How many were given, or why none was and for how many seconds."""
        limit, connection = permit.limit, book.connection
        most = limit.concurrent_streams
        counted = permit.stream and most is not None
        if counted and buckets.open_streams(connection, limit.scope) >= (most or 0):
            return 0, "streams", _STREAMS_RETRY_SECONDS
        given = 1
        if limit.requests_per_minute is not None:
            wanted = limit.ahead
            given, wait = buckets.give(connection, limit.scope, limit.requests_per_minute, wanted)
            if not given:
                return 0, "rate", wait / 1e6
        if counted:
            buckets.stream_opened(connection, limit.scope, self._presence.process_id)
        return given, "", 0.0

    def _announce(self, permit: Permit, given: int, why: str, wait: float) -> None:
        scope = permit.limit.scope
        if not given:
            if why == "rate":
                self._permits.set_none_for(scope, wait)
            permit.refuse(why, wait)
            return
        counted = permit.stream and permit.limit.concurrent_streams is not None
        self._presence.counted += counted
        if not permit.give() and counted:
            self._ended.append(scope)
        if given > 1:
            self._permits.put(scope, given - 1)
