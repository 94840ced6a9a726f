"""The sums that reads are made of, kept up to date in the transaction that closes the rows.

A batch is added up in memory first; then each table gets one upsert a key, the keys sorted:
on PostgreSQL two writers that touch the same keys in different orders deadlock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, bucket_of
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.days import QUARTER_US, Days
from voicegateway.storage.engine import Connection
from voicegateway.storage.rows import Closed

__all__ = ["DAY_KEY", "QUARTER_KEY", "SESSION_KEY", "SUM_COLUMNS", "Deltas"]

SUM_COLUMNS: Final = ("attempts", "unpriced", "cost_nano", *UNIT_COLUMNS)
DAY_KEY: Final = ("day", "project_id", "leg_id", "outcome")
QUARTER_KEY: Final = ("quarter", "project_id", "leg_id", "outcome")
SESSION_KEY: Final = ("day", "session_id", "project_id")

SumKey = tuple[int, ...]
_NO_SUM: Final[list[int | None]] = [0, 0, 0, *[None] * len(UNIT_COLUMNS)]


def _adding(table: str, key: Sequence[str], counts: Sequence[str], units: Sequence[str]) -> str:
    """An upsert that adds. A unit that neither side has stays NULL: it is not 0."""
    columns = (*key, *counts, *units)
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in counts]
    sets += [
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN {table}.{name} "
        f"ELSE COALESCE({table}.{name}, 0) + excluded.{name} END"
        for name in units
    ]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(sets)}"
    )


_SUMS: Final = SUM_COLUMNS[:3]
_ADD_DAY: Final = _adding("rollup_days", DAY_KEY, _SUMS, UNIT_COLUMNS)
_ADD_QUARTER: Final = _adding("rollup_quarters", QUARTER_KEY, _SUMS, UNIT_COLUMNS)
_ADD_SESSION: Final = _adding("rollup_sessions", SESSION_KEY, _SUMS, UNIT_COLUMNS)
_LATENCY_KEY: Final = ("leg_id", "measure", "bucket")
_ADD_LATENCY_DAY: Final = _adding("latency_days", ("day", *_LATENCY_KEY), ("attempts",), ())
_ADD_LATENCY_QUARTER: Final = _adding(
    "latency_quarters", ("quarter", *_LATENCY_KEY), ("attempts",), ()
)


class Deltas:
    """What a batch adds to the rollups."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self.taken_back: list[Closed] = []
        self.by_day: dict[SumKey, list[int | None]] = {}
        self.by_quarter: dict[SumKey, list[int | None]] = {}
        self.by_session: dict[SumKey, list[int | None]] = {}
        self._latency_by_day: dict[SumKey, int] = {}
        self._latency_by_quarter: dict[SumKey, int] = {}

    def add(self, row: Closed, sign: int = 1) -> None:
        """Counts a row that was closed; `sign` -1 takes one back that had been counted."""
        if sign < 0:
            self.taken_back.append(row)
        day, quarter = self._days.day_of(row.started_us), row.started_us // QUARTER_US
        project, leg = row.project_id, row.leg_id
        _sum_up(self.by_day, (day, project, leg, row.outcome), row, sign)
        _sum_up(self.by_quarter, (quarter, project, leg, row.outcome), row, sign)
        _sum_up(self.by_session, (day, row.session_id or 0, project), row, sign)
        for measure, value in ((TTFB, row.ttfb_us), (DURATION, row.duration_us)):
            if value is not None:
                bucket = bucket_of(value)
                _count(self._latency_by_day, (day, leg, measure, bucket), sign)
                _count(self._latency_by_quarter, (quarter, leg, measure, bucket), sign)

    def write(self, connection: Connection) -> None:
        for sql, sums in (
            (_ADD_DAY, self.by_day),
            (_ADD_QUARTER, self.by_quarter),
            (_ADD_SESSION, self.by_session),
        ):
            connection.change_many(sql, [(*key, *sums[key]) for key in sorted(sums)])
        for sql, counts in (
            (_ADD_LATENCY_DAY, self._latency_by_day),
            (_ADD_LATENCY_QUARTER, self._latency_by_quarter),
        ):
            connection.change_many(sql, [(*key, counts[key]) for key in sorted(counts)])


def _sum_up(sums: dict[SumKey, list[int | None]], key: SumKey, row: Closed, sign: int) -> None:
    total = sums.get(key)
    if total is None:
        total = sums[key] = _NO_SUM.copy()
    total[0] += sign  # type: ignore[operator]
    if row.cost_nano is None:
        total[1] += sign  # type: ignore[operator]
    else:
        total[2] += sign * row.cost_nano  # type: ignore[operator]
    for index, value in row.units:
        total[index + 3] = (total[index + 3] or 0) + sign * value


def _count(counts: dict[SumKey, int], key: SumKey, sign: int) -> None:
    counts[key] = counts.get(key, 0) + sign
