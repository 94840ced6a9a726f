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
    """Counts by bucket, each without those below it, and the sum of all. Whole numbers, so that
    what is added and taken out again leaves no trace."""

    counts: list[int]
    sum_ns: int = 0

    @property
    def count(self) -> int:
        return sum(self.counts)

    def add(self, other: Histogram, sign: int = 1) -> None:
        both = zip(self.counts, other.counts, strict=True)
        self.counts = [one + sign * more for one, more in both]
        self.sum_ns += sign * other.sum_ns


_Day = dict[_LegMeasure, Histogram]


class Histograms:
    """All days', remembered from one time to the next. Not for several threads at once."""

    def __init__(self) -> None:
        self._zone: str | None = None
        self._ended: dict[int, int] = {}
        self._days: dict[int, _Day] = {}
        self._total: _Day = {}

    def update(self, connection: Connection) -> None:
        zone = get_meta(connection, "timezone")
        if zone != self._zone:  # then a day is another one
            self._zone, self._ended, self._days, self._total = zone, {}, {}, {}
        ended: dict[int, int] = dict(connection.execute(_ENDED))
        for day, attempts in ended.items():
            if self._ended.get(day) != attempts:
                self._replace(day, _of_day(connection, day))
        for day in self._days.keys() - ended.keys():
            self._replace(day, {})
        self._ended = ended

    def _replace(self, day: int, new: _Day) -> None:
        for sign, one in ((-1, self._days.get(day, {})), (1, new)):
            for key, histogram in one.items():
                self._total.setdefault(key, _empty()).add(histogram, sign)
        self._days[day] = new

    def ttfb(self) -> Iterator[tuple[int, Histogram]]:
        """By leg."""
        return self._all(TTFB)

    def duration(self) -> Iterator[tuple[int, Histogram]]:
        return self._all(DURATION)

    def _all(self, measure: int) -> Iterator[tuple[int, Histogram]]:
        for leg, what in sorted(self._total):
            if what == measure:
                one = self._total[(leg, what)]
                yield leg, Histogram(one.counts, one.sum_ns)  # theirs; ours goes on


def _of_day(connection: Connection, day: int) -> _Day:
    found: _Day = {}
    for leg, measure, bucket, attempts in connection.execute(_OF_DAY, (day,)):
        one = found.setdefault((leg, measure), _empty())
        place, middle = _place(bucket)
        one.counts[place] += attempts
        one.sum_ns += attempts * middle
    return found


@lru_cache(maxsize=4096)
def _place(bucket: int) -> tuple[int, int]:
    """Which of the few buckets it belongs to, and its middle in nanoseconds."""
    middle = middle_us(bucket)
    return bisect_left(BOUNDS_MS, middle / 1000), round(middle * 1000)


def _empty() -> Histogram:
    return Histogram([0] * (len(BOUNDS_MS) + 1))
