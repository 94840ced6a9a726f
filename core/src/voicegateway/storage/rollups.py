"""The sums that reads are made of, kept up to date in the transaction that closes the rows.

A batch is added up in memory first; then each table gets one upsert a key, the keys sorted:
on PostgreSQL two writers that touch the same keys in different orders deadlock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, bucket_of
from voicegateway.storage.codes import UNIT_COLUMNS, dense
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
        self.units: dict[int, int] = {}

    def add(self, row: Closed, sign: int) -> None:
        self.attempts += sign
        if row.cost_nano is None:
            self.unpriced += sign
        else:
            self.cost_nano += sign * row.cost_nano
        units = self.units
        for index, value in row.units:
            units[index] = units.get(index, 0) + sign * value

    def merge(self, other: _Sum) -> None:
        self.attempts += other.attempts
        self.unpriced += other.unpriced
        self.cost_nano += other.cost_nano
        units = self.units
        for index, value in other.units.items():
            units[index] = units.get(index, 0) + value


_Sums = dict[_Key, _Sum]
_Counts = dict[_Key, int]


class Deltas:
    """What a batch adds to the rollups. Of quarter-hours before `first_quarter`, which reads no
    longer use, none is kept.

    Every row is added up once, under all the keys it has together; the few sums that makes are
    then shared out to the tables."""

    def __init__(self, days: Days, first_quarter: int) -> None:
        self._days = days
        self._first_quarter = first_quarter
        self.taken_back: list[Closed] = []
        self._sums: _Sums = defaultdict(_Sum)
        self._latencies: list[_Key] = []

    def add(self, row: Closed, sign: int = 1) -> None:
        """Counts a row that was closed; `sign` -1 takes back an abandoned one (which has no
        latency) that had been counted."""
        if sign < 0:
            self.taken_back.append(row)
        day, quarter, leg = (
            self._days.day_of(row.started_us),
            row.started_us // QUARTER_US,
            row.leg_id,
        )
        key = (day, quarter, row.project_id, leg, row.outcome, row.session_id or 0)
        self._sums[key].add(row, sign)
        if row.ttfb_us is not None:
            self._latencies.append((day, quarter, leg, TTFB, bucket_of(row.ttfb_us)))
        if row.duration_us is not None:
            self._latencies.append((day, quarter, leg, DURATION, bucket_of(row.duration_us)))

    def write(self, connection: Connection, touched: Callable[[Iterable[_Key]], None]) -> None:
        """Adds everything to the tables; calls `touched` with the keys of `rollup_sessions`
        once those are written. What all processes add to comes last: where writers overlap,
        they wait for each other from there until the transaction ends."""
        self._write_sums(connection, touched)
        self._write_latencies(connection)

    def _write_sums(
        self, connection: Connection, touched: Callable[[Iterable[_Key]], None]
    ) -> None:
        by_day: _Sums = defaultdict(_Sum)
        by_quarter: _Sums = defaultdict(_Sum)
        by_session: _Sums = defaultdict(_Sum)
        for (day, quarter, project, leg, outcome, session), one in self._sums.items():
            by_day[(day, project, leg, outcome)].merge(one)
            by_session[(day, session, project)].merge(one)
            if quarter >= self._first_quarter:
                by_quarter[(quarter, project, leg, outcome)].merge(one)
        _write_sums(connection, "rollup_sessions", SESSION_KEY, by_session)
        touched(by_session)
        _write_sums(connection, "rollup_days", DAY_KEY, by_day)
        _write_sums(connection, "rollup_quarters", QUARTER_KEY, by_quarter)

    def _write_latencies(self, connection: Connection) -> None:
        by_day: _Counts = defaultdict(int)
        by_quarter: _Counts = defaultdict(int)
        for (day, quarter, leg, measure, bucket), count in Counter(self._latencies).items():
            by_day[(day, leg, measure, bucket)] += count
            if quarter >= self._first_quarter:
                by_quarter[(quarter, leg, measure, bucket)] += count
        _write_counts(connection, "latency_days", _DAY_LATENCY, by_day)
        _write_counts(connection, "latency_quarters", _QUARTER_LATENCY, by_quarter)


def _write_sums(connection: Connection, table: str, names: tuple[str, ...], sums: _Sums) -> None:
    if connection.writers_overlap:
        return _write_sums_at_once(connection, table, names, sums)
    # One statement for each run of keys with the same units, and naming only those: setting
    # thirteen columns of which ten stay as they are costs three times as much.
    for units, run in groupby(sorted(sums), key=lambda key: tuple(sums[key].units)):
        rows = []
        for key in run:
            one = sums[key]
            rows.append((*key, one.attempts, one.unpriced, one.cost_nano, *one.units.values()))
        connection.change_many(_adding(table, names, units), rows)
    return None


def _write_sums_at_once(
    connection: Connection, table: str, names: tuple[str, ...], sums: _Sums
) -> None:
    # Where a statement is a journey, and others wait for the rows it has locked, one that names
    # all units is better than fifteen short ones.
    rows = [
        (*key, one.attempts, one.unpriced, one.cost_nano, *dense([*one.units.items()]))
        for key, one in sorted(sums.items(), key=lambda item: item[0])
    ]
    connection.change_many(_adding_any(table, names), rows)


def _write_counts(
    connection: Connection, table: str, names: tuple[str, ...], counts: _Counts
) -> None:
    rows = [(*key, counts[key]) for key in sorted(counts)]
    connection.change_many(_counting(table, names), rows)


@cache
def _adding(table: str, key: tuple[str, ...], units: tuple[int, ...]) -> str:
    """An upsert that adds. A unit that nobody measured stays NULL: it is not 0."""
    counts = ("attempts", "unpriced", "cost_nano")
    measured = [UNIT_COLUMNS[index] for index in units]
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in counts]
    sets += [f"{name} = COALESCE({table}.{name}, 0) + excluded.{name}" for name in measured]
    return _upsert(table, key, (*counts, *measured), sets)


@cache
def _adding_any(table: str, key: tuple[str, ...]) -> str:
    """The same for any units: those that are NULL are left as they are."""
    counts = ("attempts", "unpriced", "cost_nano")
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in counts]
    sets += [
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN {table}.{name} "
        f"ELSE COALESCE({table}.{name}, 0) + excluded.{name} END"
        for name in UNIT_COLUMNS
    ]
    return _upsert(table, key, (*counts, *UNIT_COLUMNS), sets)


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
