"""The sums that reads are made of, kept up to date in the transaction that closes the rows.

A batch is added up in memory first; then each table gets one upsert a key, the keys sorted:
on PostgreSQL two writers that touch the same keys in different orders deadlock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, bucket_of, packed, unpacked
from voicegateway.storage.codes import ALL_UNITS, UNIT_COLUMNS, SparseUnits, measured_units
from voicegateway.storage.days import QUARTER_US, Days
from voicegateway.storage.engine import Connection
from voicegateway.storage.rows import Closed

__all__ = ["DAY_KEY", "QUARTER_KEY", "SESSION_KEY", "Deltas"]

DAY_KEY: Final = ("day", "project_id", "leg_id", "outcome")
QUARTER_KEY: Final = ("quarter", "project_id", "leg_id", "outcome")
SESSION_KEY: Final = ("day", "session_id", "project_id")
_DAY_LATENCY: Final = ("day", "leg_id", "measure", "bucket")
_QUARTER_LATENCY: Final = ("quarter", "leg_id", "measure", "bucket")

_Key = tuple[int, ...]


class _Sum:
    """What is added to one row of a rollup."""

    __slots__ = ("attempts", "cost_nano", "units", "unpriced")

    def __init__(self) -> None:
        self.attempts = 0
        self.unpriced = 0
        self.cost_nano = 0
        self.units: SparseUnits = {}

    def add(self, row: Closed, sign: int) -> None:
        self.attempts += sign
        if row.cost_nano is None:
            self.unpriced += sign
        else:
            self.cost_nano += sign * row.cost_nano
        units = self.units
        for index, value in row.units.items():
            units[index] = units.get(index, 0) + sign * value

    def plus(self, other: _Sum) -> _Sum:
        both = _Sum()
        both.attempts = self.attempts + other.attempts
        both.unpriced = self.unpriced + other.unpriced
        both.cost_nano = self.cost_nano + other.cost_nano
        both.units = self.units.copy()
        for index, value in other.units.items():
            both.units[index] = both.units.get(index, 0) + value
        return both

    def values(self, units: tuple[int, ...]) -> tuple[int | None, ...]:
        get = self.units.get
        return self.attempts, self.unpriced, self.cost_nano, *[get(index) for index in units]


_Sums = dict[_Key, _Sum]
_Counts = dict[int, Counter[int]]
"""By day or quarter-hour, how many there are of each leg, measure and bucket, `packed`."""


class _Span:
    """The rows of a batch that started in one quarter-hour of one day: mostly all of them."""

    __slots__ = ("latencies", "legs")

    def __init__(self) -> None:
        self.legs: _Sums = defaultdict(_Sum)
        """By project, leg and outcome."""
        self.latencies: list[int] = []
        """Leg, measure and bucket of each, `packed`."""


class Deltas:
    """What a batch adds to the rollups. Of quarter-hours before `first_quarter`, which reads no
    longer use, none is kept."""

    def __init__(self, days: Days, first_quarter: int) -> None:
        self._days = days
        self._first_quarter = first_quarter
        self._spans: dict[tuple[int, int], _Span] = defaultdict(_Span)
        self._sessions: _Sums = defaultdict(_Sum)
        self.taken_back: list[Closed] = []

    def add(self, row: Closed, sign: int = 1) -> None:
        """Counts a row that was closed; `sign` -1 takes back an abandoned one (which has no
        latency) that had been counted."""
        if sign < 0:
            self.taken_back.append(row)
        day, leg, project = self._days.day_of(row.started_us), row.leg_id, row.project_id
        span = self._spans[(day, row.started_us // QUARTER_US)]
        span.legs[(project, leg, row.outcome)].add(row, sign)
        self._sessions[(day, row.session_id or 0, project)].add(row, sign)
        if row.ttfb_us is not None:
            span.latencies.append(packed(leg, TTFB, bucket_of(row.ttfb_us)))
        if row.duration_us is not None:
            span.latencies.append(packed(leg, DURATION, bucket_of(row.duration_us)))

    def cost_of(self, project_id: int) -> int:
        """What the batch adds to a project's cost, in nano-dollars."""
        return sum(one.cost_nano for key, one in self._sessions.items() if key[2] == project_id)

    def write(self, connection: Connection, touched: Callable[[Iterable[_Key]], None]) -> None:
        """Adds everything to the tables; calls `touched` with the keys of `rollup_sessions`
        once those are written. What all processes add to comes last: where writers overlap,
        they wait for each other from there until the transaction ends."""
        by_day: _Sums = {}
        by_quarter: _Sums = {}
        fast_by_day: _Counts = {}
        fast_by_quarter: _Counts = {}
        for (day, quarter), span in self._spans.items():
            counts = Counter(span.latencies)
            _share_out(span.legs, day, by_day)
            fast_by_day.setdefault(day, Counter()).update(counts)
            if quarter >= self._first_quarter:
                _share_out(span.legs, quarter, by_quarter)
                fast_by_quarter.setdefault(quarter, Counter()).update(counts)
        _write_sums(connection, "rollup_sessions", SESSION_KEY, self._sessions)
        touched(self._sessions)
        _write_sums(connection, "rollup_days", DAY_KEY, by_day)
        _write_sums(connection, "rollup_quarters", QUARTER_KEY, by_quarter)
        _write_counts(connection, "latency_days", _DAY_LATENCY, fast_by_day)
        _write_counts(connection, "latency_quarters", _QUARTER_LATENCY, fast_by_quarter)


def _share_out(legs: _Sums, when: int, sums: _Sums) -> None:
    for leg_key, one in legs.items():
        key = (when, *leg_key)
        before = sums.get(key)
        sums[key] = one if before is None else before.plus(one)


def _write_sums(connection: Connection, table: str, names: tuple[str, ...], sums: _Sums) -> None:
    # Only the units that this batch has: of thirteen columns mostly five. On a server it is
    # better that every batch be the same statement.
    overlap = connection.writers_overlap
    units = ALL_UNITS if overlap else measured_units([one.units for one in sums.values()])
    rows = [(*key, *one.values(units)) for key, one in sums.items()]
    rows.sort()  # by key: no two are equal in that
    connection.change_many(_adding(table, names, units), rows)


def _write_counts(
    connection: Connection, table: str, names: tuple[str, ...], counts: _Counts
) -> None:
    rows = [
        (when, *unpacked(key), count)
        for when, many in sorted(counts.items())
        for key, count in sorted(many.items())
    ]
    connection.change_many(_counting(table, names), rows)


@cache
def _adding(table: str, key: tuple[str, ...], units: tuple[int, ...]) -> str:
    """An upsert that adds. A unit that nobody measured stays NULL: it is not 0."""
    counts = ("attempts", "unpriced", "cost_nano")
    measured = [UNIT_COLUMNS[index] for index in units]
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in counts]
    sets += [
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN {table}.{name} "
        f"ELSE COALESCE({table}.{name}, 0) + excluded.{name} END"
        for name in measured
    ]
    return _upsert(table, key, (*counts, *measured), sets)


@cache
def _counting(table: str, key: tuple[str, ...]) -> str:
    return _upsert(table, key, ("attempts",), [f"attempts = {table}.attempts + excluded.attempts"])


def _upsert(table: str, key: tuple[str, ...], values: tuple[str, ...], sets: list[str]) -> str:
    columns = (*key, *values)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(sets)}"
    )
