"""The slowest requests of a period, found without reading all of them: the rollups say which model
took that long on which day, and only its requests of that day are read."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final, NamedTuple

from voicegateway.storage.buckets import DURATION, TTFB
from voicegateway.storage.days import clamp_us
from voicegateway.storage.engine import Connection, Row, Value
from voicegateway.storage.reads.entries import CLOSED_SELECT, Entry, entries
from voicegateway.storage.reads.names import find_project, legs_by_id, matching_legs
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader, ledger_days
from voicegateway.storage.reads.series import Measure

__all__ = ["slowest"]

_COLUMNS: Final[dict[Measure, str]] = {"ttfb": "ttfb_us", "duration": "duration_us"}
_MEASURES: Final[dict[Measure, int]] = {"ttfb": TTFB, "duration": DURATION}


class _Place(NamedTuple):
    """Where to look, and what the slowest there took at the least."""

    from_us: float
    day: int
    leg: int


def slowest(
    reader: Reader,
    period: Period,
    *,
    measure: Measure = "ttfb",
    project: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    modality: str | None = None,
    limit: int = 20,
) -> list[Entry]:
    """At most `limit` ended requests that were measured, the slowest first. `model` is
    `provider/model` or the model alone. Requests that are no longer kept are not found, and one
    may be missing that took less than 2 % longer than the last of these."""
    column = _COLUMNS[measure]
    with reader.snapshot() as connection:
        wanted = matching_legs(connection, model, modality, provider)
        legs = set(legs_by_id(connection) if wanted is None else wanted)
        owner = None if project is None else find_project(connection, project) or -1
        best: list[tuple[int, str, int]] = []
        for place in _places(connection, period, measure, legs):
            if len(best) == limit and best[0][0] >= place.from_us:
                break  # elsewhere is none that is slower by more than a bucket's width
            for row in _slow(connection, period, place, column, owner, limit):
                heapq.heappush(best, row)
                if len(best) > limit:
                    heapq.heappop(best)
        return list(_entries(connection, sorted(best, reverse=True)))


def _places(
    connection: Connection, period: Period, measure: Measure, legs: set[int]
) -> list[_Place]:
    days = ledger_days(connection)
    first, last = (days.day_of(clamp_us(at)) for at in (period.start_us, period.end_us - 1))
    rows = connection.execute(
        "SELECT day, leg_id, MAX(bucket) FROM latency_days WHERE measure = ? AND day >= ? "
        "AND day <= ? AND attempts > 0 GROUP BY day, leg_id",
        (_MEASURES[measure], first, last),
    )
    found = [_Place(1.02**top, day, leg) for day, leg, top in rows if leg in legs]
    return sorted(found, reverse=True)


def _slow(
    connection: Connection,
    period: Period,
    place: _Place,
    column: str,
    owner: int | None,
    limit: int,
) -> list[Row]:
    days = ledger_days(connection)
    start = max(period.start_us, days.start_of(place.day))
    end = min(period.end_us, days.start_of(place.day + 1))
    params: list[Value] = [place.leg, start, end]
    where = f"leg_id = ? AND started_us >= ? AND started_us < ? AND {column} IS NOT NULL"
    if owner is not None:
        where += " AND +project_id = ?"
        params.append(owner)
    return connection.execute(
        f"SELECT {column}, call_id, attempt FROM attempts WHERE {where} "  # noqa: S608 - our own names
        f"ORDER BY {column} DESC, call_id DESC, attempt DESC LIMIT ?",
        (*params, limit),
    )


def _entries(connection: Connection, keys: list[tuple[int, str, int]]) -> Iterator[Entry]:
    for _, call_id, attempt in keys:
        sql = f"{CLOSED_SELECT} WHERE a.call_id = ? AND a.attempt = ?"
        yield from entries(connection, connection.execute(sql, (call_id, attempt)))
