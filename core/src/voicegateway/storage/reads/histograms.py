"""Latencies since the ledger began, in the few buckets of a histogram.

The ledger's own buckets are finer: each is counted where its middle falls, which is within 1 % of
what was measured. A day's are added up once and then again only when more of it has ended.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, middle_us
from voicegateway.storage.codes import ABANDONED
from voicegateway.storage.engine import Connection
from voicegateway.storage.schema import get_meta

__all__ = ["BOUNDS_MS", "Histogram", "Histograms"]

BOUNDS_MS: Final = (
    50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, 30_000, 60_000,
    300_000, 1_800_000,
)  # fmt: skip
"""Upper bounds; what is beyond the last is counted as well."""

# Only rows that ended by themselves have latencies; a reaper's guess that is taken back has none.
_ENDED: Final = (
    f"SELECT day, CAST(SUM(CASE WHEN outcome = {ABANDONED} THEN 0 ELSE attempts END) AS BIGINT) "  # noqa: S608 - our own names
    "FROM rollup_days GROUP BY day"
)
_OF_DAY: Final = "SELECT leg_id, measure, bucket, attempts FROM latency_days WHERE day = ?"
_LegMeasure = tuple[int, int]


@dataclass(slots=True)
class Histogram:
    """Counts by bucket, each without those below it, and the sum of all in microseconds."""

    counts: list[int]
    sum_us: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts)

    def add(self, other: Histogram) -> None:
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.sum_us += other.sum_us


class Histograms:
    """All days', remembered from one time to the next. Not for several threads at once."""

    def __init__(self) -> None:
        self._zone: str | None = None
        self._ended: dict[int, int] = {}
        self._days: dict[int, dict[_LegMeasure, Histogram]] = {}

    def update(self, connection: Connection) -> None:
        zone = get_meta(connection, "timezone")
        if zone != self._zone:  # then a day is another one
            self._zone, self._ended, self._days = zone, {}, {}
        ended: dict[int, int] = dict(connection.execute(_ENDED))
        for day, attempts in ended.items():
            if self._ended.get(day) != attempts:
                self._days[day] = _of_day(connection, day)
        for day in self._days.keys() - ended.keys():
            del self._days[day]
        self._ended = ended

    def ttfb(self) -> Iterator[tuple[int, Histogram]]:
        """By leg."""
        return self._all(TTFB)

    def duration(self) -> Iterator[tuple[int, Histogram]]:
        return self._all(DURATION)

    def _all(self, measure: int) -> Iterator[tuple[int, Histogram]]:
        legs: dict[int, Histogram] = {}
        for day in sorted(self._days):
            for (leg, what), one in self._days[day].items():
                if what == measure:
                    legs.setdefault(leg, _empty()).add(one)
        yield from sorted(legs.items(), key=lambda item: item[0])


def _of_day(connection: Connection, day: int) -> dict[_LegMeasure, Histogram]:
    found: dict[_LegMeasure, Histogram] = {}
    for leg, measure, bucket, attempts in connection.execute(_OF_DAY, (day,)):
        one = found.setdefault((leg, measure), _empty())
        place, middle = _place(bucket)
        one.counts[place] += attempts
        one.sum_us += attempts * middle
    return found


@lru_cache(maxsize=4096)
def _place(bucket: int) -> tuple[int, float]:
    """Which of the few buckets it belongs to, and its middle in microseconds."""
    middle = middle_us(bucket)
    return bisect_left(BOUNDS_MS, middle / 1000), middle


def _empty() -> Histogram:
    return Histogram([0] * (len(BOUNDS_MS) + 1))
