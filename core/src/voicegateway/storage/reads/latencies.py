"""Percentiles of time to first byte and of duration, model by model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.buckets import (
    DURATION,
    PACKED,
    TTFB,
    bucket_of,
    packed,
    percentiles,
    unpacked,
)
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.reads.names import Leg, find_project, legs_by_id
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.spans import Span, spans_of

__all__ = ["LegLatency", "Percentiles", "latency"]

_DEFAULT: Final = (50.0, 95.0, 99.0)
_SUMS: Final = f"SELECT {PACKED} AS packed, CAST(SUM(attempts) AS BIGINT)"
_PRUNED: Final = (
    f"{_SUMS} FROM pruned_latency WHERE project_id = ? AND day >= ? AND day < ? GROUP BY packed"
)
_Counts = Counter[int]
"""By leg, measure and bucket, `packed`."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    count: int
    """How many attempts were measured."""
    ms: dict[float, float]
    """By percent; each within 1 % of the true value. Empty if nothing was measured."""

    def to_json(self) -> dict[str, object]:
        values = {f"p{percent:g}": round(value, 3) for percent, value in self.ms.items()}
        return {"count": self.count, **values}


@dataclass(frozen=True, slots=True)
class LegLatency:
    """How fast one model was. Attempts of every outcome count where they have the measure."""

    leg: Leg
    ttfb: Percentiles
    duration: Percentiles

    def to_json(self) -> dict[str, object]:
        return {
            "provider": self.leg.provider,
            "model": self.leg.model,
            "modality": self.leg.modality.value,
            "ttfb_ms": self.ttfb.to_json(),
            "duration_ms": self.duration.to_json(),
        }


def latency(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    modality: str | None = None,
    percent: Sequence[float] = _DEFAULT,
) -> list[LegLatency]:
    """The legs that were used in a period, by provider and model. Of all projects it is read
    from the buckets; of one project from its attempts, which takes a second or two a million,
    and from what was kept of those that are gone. Raises `LedgerError` for a part of a day whose
    attempts are gone."""
    with reader.snapshot() as connection:
        legs = legs_by_id(connection)
        if project is None:
            counts = _from_buckets(connection, period)
        else:
            counts = _of_project(connection, period, find_project(connection, project) or -1)
    by_leg: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for key, count in counts.items():
        leg, measure, bucket = unpacked(key)
        by_leg.setdefault(leg, {}).setdefault(measure, []).append((bucket, count))
    found = [
        LegLatency(legs[leg], *(_percentiles(got.get(of, ()), percent) for of in (TTFB, DURATION)))
        for leg, got in by_leg.items()
        if modality is None or legs[leg].modality == modality
    ]
    return sorted(found, key=lambda one: (one.leg.modality, one.leg.name))


def _percentiles(buckets: Iterable[tuple[int, int]], percent: Sequence[float]) -> Percentiles:
    counted = list(buckets)
    values = percentiles(counted, percent)
    count = sum(amount for _, amount in counted)
    return Percentiles(count, {one: value / 1000 for one, value in values.items()})


def _from_buckets(connection: Connection, period: Period) -> _Counts:
    spans = spans_of(connection, period)
    counts: _Counts = Counter()
    for table, column, wanted in (
        ("latency_days", "day", spans.days),
        ("latency_quarters", "quarter", spans.quarters),
    ):
        for span in wanted:
            sql = f"{_SUMS} FROM {table} WHERE {column} >= ? AND {column} < ? GROUP BY packed"
            for key, count in connection.execute(sql, span):
                counts[key] += count
    for span in spans.moments:
        counts.update(_counted(connection, span, None))
    return counts


def _of_project(connection: Connection, period: Period, project_id: int) -> _Counts:
    counts = Counter(_counted(connection, (period.start_us, period.end_us), project_id))
    for span in spans_of(connection, period, quarters=False).days:
        for key, count in connection.execute(_PRUNED, (project_id, *span)):
            counts[key] += count
    return counts


def _counted(connection: Connection, span: Span, project_id: int | None) -> Iterator[int]:
    where, params = "started_us >= ? AND started_us < ?", list[Value](span)
    if project_id is not None:
        where += " AND project_id = ?"
        params.append(project_id)
    for leg, ttfb, duration in connection.stream(
        f"SELECT leg_id, ttfb_us, duration_us FROM attempts WHERE {where}",  # noqa: S608 - our own names
        params,
    ):
        if ttfb is not None:
            yield packed(leg, TTFB, bucket_of(ttfb))
        if duration is not None:
            yield packed(leg, DURATION, bucket_of(duration))
