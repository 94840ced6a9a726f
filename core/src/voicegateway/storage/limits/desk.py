"""The ledger thread's part in rate limits: gives permits, and counts the streams that ended."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.limits import buckets
from voicegateway.storage.limits.permits import Permit, Permits
from voicegateway.storage.presence import Presence

__all__ = ["LimitDesk"]

_STREAMS_RETRY_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Answer:
    """What becomes of a request, in a transaction that is yet to be committed."""

    permit: Permit
    given: int
    at: float
    """`time.monotonic()`, no later than the bucket's moment."""
    why: str = ""
    wait: float = 0.0
    """Seconds, if none was given."""

    @property
    def counted(self) -> bool:
        return bool(self.given) and self.permit.stream and self.permit.limit.counts


class LimitDesk:
    """One a writer. `ask` and `ended` may be called from any thread, all else by the writer's."""

    def __init__(self, permits: Permits, presence: Presence) -> None:
        self._permits = permits
        self._presence = presence
        self._waiting: deque[Permit] = deque()
        self._ended: deque[str] = deque()
        self._open: Counter[str] = Counter()
        """Streams of this process, by limit, as of the last commit that is known."""
        self._counted_as: int | None = None
        """The process as which the database has counted them; None if that is not certain."""

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

    def doubt(self) -> None:
        """On a new connection: what was committed last is not certain."""
        self._counted_as = None

    def serve(self, book: Book) -> None:
        """Raises whatever the engine raises; those that wait then wait for the next turn."""
        if not self.busy and not (self._open and self._moved):
            return
        asked = [self._waiting.popleft() for _ in range(len(self._waiting))]
        asked = [permit for permit in asked if not permit.given_up]
        over = Counter(self._ended.popleft() for _ in range(len(self._ended)))
        asked.sort(key=lambda permit: permit.limit.scope)
        try:
            answers = self._answers(book, asked, over)
        except BaseException:
            self._waiting.extend(asked)
            self._ended.extend(over.elements())
            self._counted_as = None
            raise
        self._counted_as = self._presence.process_id
        self._open -= over  # and drops what has come down to 0
        self._open += Counter(one.permit.limit.scope for one in answers if one.counted)
        self._presence.counted = self._open.total()
        for answer in answers:
            self._announce(answer)

    @property
    def _moved(self) -> bool:
        return not self._presence.known or self._counted_as != self._presence.process_id

    def _answers(self, book: Book, asked: list[Permit], over: Counter[str]) -> list[_Answer]:
        self._presence.show(book, opening_rows=True)
        process_id = self._presence.process_id
        with book.writing():
            if self._counted_as != process_id and (self._open or over):
                buckets.count_streams(book.connection, process_id, self._open)
            buckets.stream_ended(book.connection, process_id, over)
            return [self._answer(book, permit) for permit in asked if not permit.given_up]

    def _answer(self, book: Book, permit: Permit) -> _Answer:
        limit, connection, at = permit.limit, book.connection, time.monotonic()
        most = limit.concurrent_streams if permit.stream else None
        if most is not None and buckets.open_streams(connection, limit.scope) >= most:
            return _Answer(permit, 0, at, "streams", _STREAMS_RETRY_SECONDS)
        given = 1
        if limit.requests_per_minute is not None:
            wanted = self._permits.wanted(limit)
            given, wait = buckets.give(connection, limit.scope, limit.requests_per_minute, wanted)
            if not given:
                return _Answer(permit, 0, at, "rate", wait / 1e6)
        if most is not None:
            buckets.stream_opened(connection, limit.scope, self._presence.process_id)
        return _Answer(permit, given, at)

    def _announce(self, answer: _Answer) -> None:
        permit, scope = answer.permit, answer.permit.limit.scope
        if not answer.given:
            if answer.why == "rate":
                self._permits.set_none_for(scope, answer.wait)
            permit.refuse(answer.why, answer.wait)
            return
        taken = permit.give()
        if not taken and answer.counted:
            self._ended.append(scope)
        if answer.given > taken and permit.limit.requests_per_minute is not None:
            self._permits.put(scope, answer.given - taken, answer.at)
