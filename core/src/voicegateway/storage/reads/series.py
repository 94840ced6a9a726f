"""Costs and latencies by time: whole days, or whole quarter-hours of the last days. Read from the
rollups alone, so a step that a period only touches is in it whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.buckets import DURATION, TTFB, percentiles
from voicegateway.storage.days import QUARTER_US, Days, clamp_us
from voicegateway.storage.engine import Connection, Row, Value
from voicegateway.storage.reads.latencies import Percentiles
from voicegateway.storage.reads.names import (
    Leg,
    find_project,
    legs_by_id,
    matching_legs,
    projects_by_id,
)
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader, ledger_days
from voicegateway.storage.reads.sums import ADDED, Sum
from voicegateway.storage.reads.texts import time_text
from voicegateway.storage.schema import first_complete_quarter

__all__ = [
    "CostPoint",
    "CostSeries",
    "HeatCell",
    "LatencyBy",
    "LatencyPoint",
    "LatencySeries",
    "Measure",
    "SeriesBy",
    "Step",
    "cost_series",
    "latency_series",
]

Step = Literal["day", "quarter_hour"]
SeriesBy = Literal["provider", "model", "modality", "project"]
Measure = Literal["ttfb", "duration"]
LatencyBy = Literal["model", "modality"]

_HEAT: Final = 20
"""Buckets of the ledger that make one of the heat map: a factor of about 1.5 each."""
_MEASURES: Final[dict[Measure, int]] = {"ttfb": TTFB, "duration": DURATION}


class CostPoint(NamedTuple):
    at_us: int
    key: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class CostSeries:
    """By time, then by key."""

    period: Period
    """Whole steps."""
    points: tuple[CostPoint, ...]


class LatencyPoint(NamedTuple):
    at_us: int
    leg: Leg
    """Without provider and model if it stands for all models of its modality."""
    ms: Percentiles


@dataclass(frozen=True, slots=True)
class HeatCell:
    at_us: int
    level: int
    """From 1.02^(20 * level) microseconds up to, and without, the next level's."""
    count: int

    def limits_ms(self) -> tuple[float, float]:
        lower, upper = (1.02 ** (_HEAT * at) / 1000 for at in (self.level, self.level + 1))
        return lower, upper


@dataclass(frozen=True, slots=True)
class LatencySeries:
    """By time."""

    period: Period
    points: tuple[LatencyPoint, ...]
    heat: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where the steps of a period are kept."""

    suffix: Literal["days", "quarters"]
    column: Literal["day", "quarter"]
    first: int
    after: int
    days: Days

    def start_us(self, step: int) -> int:
        return step * QUARTER_US if self.column == "quarter" else self.days.start_of(step)

    def period(self, timezone: str) -> Period:
        return Period(self.start_us(self.first), self.start_us(self.after), timezone)


def cost_series(
    reader: Reader,
    period: Period,
    *,
    step: Step = "day",
    by: SeriesBy = "model",
    project: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    modality: str | None = None,
) -> CostSeries:
    """What was spent in each step; `model` is `provider/model` or the model alone. Raises
    `LedgerRequestError` for quarter-hours that are no longer kept."""
    with reader.snapshot() as connection:
        steps = _steps(connection, period, step)
        where, params = "", list[Value]()
        if project is not None:
            where = " AND project_id = ?"
            params.append(find_project(connection, project) or -1)
        rows = connection.execute(
            f"SELECT {steps.column}, project_id, leg_id, {ADDED} FROM rollup_{steps.suffix} "  # noqa: S608 - our own names
            f"WHERE {steps.column} >= ? AND {steps.column} < ?{where} "
            f"GROUP BY {steps.column}, project_id, leg_id",
            (steps.first, steps.after, *params),
        )
        projects, legs = projects_by_id(connection), legs_by_id(connection)
        wanted = matching_legs(connection, model, modality, provider)
    sums: dict[tuple[int, str], Sum] = {}
    for at, owner, leg, *added in rows:
        if wanted is not None and leg not in wanted:
            continue
        key = projects[owner] if by == "project" else _key(legs[leg], by)
        sums.setdefault((at, key), Sum()).add(tuple(added))
    points = (
        CostPoint(steps.start_us(at), key, one)
        for (at, key), one in sorted(sums.items())
        if one.requests
    )
    return CostSeries(steps.period(period.timezone), tuple(points))


def latency_series(
    reader: Reader,
    period: Period,
    *,
    step: Step = "day",
    measure: Measure = "ttfb",
    by: LatencyBy = "model",
    provider: str | None = None,
    model: str | None = None,
    modality: str | None = None,
    percent: Sequence[float] = (50.0, 95.0, 99.0),
) -> LatencySeries:
    """How fast the models were in each step. Raises as `cost_series`."""
    with reader.snapshot() as connection:
        steps = _steps(connection, period, step)
        wanted = matching_legs(connection, model, modality, provider)
        legs = {
            key: leg
            for key, leg in legs_by_id(connection).items()
            if wanted is None or key in wanted
        }
        counts = _counts(connection, steps, measure)
    groups, places = _grouped(legs, by)
    by_group: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    heat: defaultdict[tuple[int, int], int] = defaultdict(int)
    for at, leg, bucket, count in counts:
        if (place := places.get(leg)) is not None:
            by_group[at, place].append((bucket, count))
            heat[at, bucket // _HEAT] += count
    points = [
        LatencyPoint(steps.start_us(at), groups[place], _percentiles(found, percent))
        for (at, place), found in by_group.items()
    ]
    return LatencySeries(
        steps.period(period.timezone),
        tuple(sorted(points, key=lambda one: (one.at_us, one.leg.modality, one.leg.name))),
        tuple(HeatCell(steps.start_us(at), level, n) for (at, level), n in sorted(heat.items())),
    )


def _steps(connection: Connection, period: Period, step: Step) -> _Steps:
    days = ledger_days(connection)
    start, end = clamp_us(period.start_us), clamp_us(period.end_us)
    if step == "day":
        return _Steps("days", "day", days.day_of(start), days.day_of(end - 1) + 1, days)
    first, after = start // QUARTER_US, -(-end // QUARTER_US)
    kept = first_complete_quarter(connection)
    if kept is not None and first < kept:
        raise LedgerRequestError(
            f"Quarter-hours before {time_text(kept * QUARTER_US)} are no longer kept: ask for days."
        )
    return _Steps("quarters", "quarter", first, after, days)


def _grouped(legs: Mapping[int, Leg], by: LatencyBy) -> tuple[list[Leg], dict[int, int]]:
    """What there is a point of, and which of these each leg belongs to."""
    named = {key: leg if by == "model" else Leg("", "", leg.modality) for key, leg in legs.items()}
    groups = list(dict.fromkeys(named.values()))
    return groups, {key: groups.index(leg) for key, leg in named.items()}


def _counts(connection: Connection, steps: _Steps, measure: Measure) -> list[Row]:
    """Step, leg, bucket, and how many."""
    return connection.execute(
        f"SELECT {steps.column}, leg_id, bucket, attempts FROM latency_{steps.suffix} "  # noqa: S608 - our own names
        f"WHERE {steps.column} >= ? AND {steps.column} < ? AND measure = ? "
        "AND attempts > 0",
        (steps.first, steps.after, _MEASURES[measure]),
    )


def _key(leg: Leg, by: SeriesBy) -> str:
    if by == "provider":
        return leg.provider
    return leg.modality.value if by == "modality" else leg.name


def _percentiles(buckets: list[tuple[int, int]], percent: Sequence[float]) -> Percentiles:
    values = percentiles(buckets, percent)
    total = sum(count for _, count in buckets)
    return Percentiles(total, {one: value / 1000 for one, value in values.items()})
