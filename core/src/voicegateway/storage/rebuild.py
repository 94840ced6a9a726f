"""The rollups by calendar day, made anew from the attempts when the time zone changes.

Quarter-hours are those of UTC in every zone, so they stay. It is one transaction: other writers
wait (their records in memory) and readers see the old sums until it is done, about a second for
a quarter of a million attempts.

Days whose attempts are no longer kept cannot be cut anew: they stay days of the zone they were
summed in. What is kept is taken out of the days of the old zone and summed by those of the new
one, so that no attempt is lost or counted twice; the day on which the two meet holds some of both.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, bucket_of
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.days import Days, zone_named
from voicegateway.storage.engine import Connection
from voicegateway.storage.rollups import DAY_KEY, SESSION_KEY
from voicegateway.storage.schema import get_meta, pruned_before, set_meta
from voicegateway.storage.straddling import find_all_straddling

__all__ = ["ensure_zone", "rebuild_days"]

_log = logging.getLogger("voicegateway.ledger")

_COUNTS: Final = ("attempts", "unpriced", "cost_nano")
_NAMES: Final = ", ".join((*_COUNTS, *UNIT_COLUMNS))
_FIRST: Final = -(2**62)
_WITHIN: Final = "FROM attempts WHERE started_us >= ? AND started_us < ?"


def _summing(table: str, key: tuple[str, ...], chosen: str, group: str, sign: str = "") -> str:
    """Adds the sums of the attempts of a day to those the table has, or takes them out of it."""
    sums = [f"{sign}COUNT(*)", f"{sign}(COUNT(*) - COUNT(cost_nano))"]
    sums += [f"{sign}CAST(COALESCE(SUM(cost_nano), 0) AS BIGINT)"]
    sums += [f"{sign}CAST(SUM({name}) AS BIGINT)" for name in UNIT_COLUMNS]
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in _COUNTS]
    sets += [
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN {table}.{name} "
        f"ELSE COALESCE({table}.{name}, 0) + excluded.{name} END"
        for name in UNIT_COLUMNS
    ]
    return (
        f"INSERT INTO {table} ({', '.join(key)}, {_NAMES}) "
        f"SELECT CAST(? AS BIGINT), {chosen}, {', '.join(sums)} {_WITHIN} GROUP BY {group} "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(sets)}"
    )


_LEG: Final = "project_id, leg_id, outcome"
_SESSION: Final = "COALESCE(session_id, 0), project_id"
_ADD: Final = (
    _summing("rollup_days", DAY_KEY, _LEG, _LEG),
    _summing("rollup_sessions", SESSION_KEY, _SESSION, _SESSION),
)
_TAKE_OUT: Final = (
    _summing("rollup_days", DAY_KEY, _LEG, _LEG, "-"),
    _summing("rollup_sessions", SESSION_KEY, _SESSION, _SESSION, "-"),
)
_LATENCY: Final = (
    "INSERT INTO latency_days (day, leg_id, measure, bucket, attempts) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (day, leg_id, measure, bucket) "
    "DO UPDATE SET attempts = latency_days.attempts + excluded.attempts"
)
_BY_DAY: Final = ("rollup_days", "rollup_sessions", "latency_days")


def ensure_zone(connection: Connection, zone: str | None) -> str:
    """Makes the ledger's calendar days those of this zone; None keeps the zone it has, or UTC.
    Returns the zone that holds."""
    stored = get_meta(connection, "timezone")
    wanted = zone or stored or "UTC"
    if stored == wanted:
        return wanted
    days = Days(zone_named(wanted))
    connection.begin_exclusive()
    try:
        stored = get_meta(connection, "timezone")
        if stored not in (None, wanted):
            _log.warning("The ledger's time zone was %s and becomes %s", stored, wanted)
            before = Days(zone_named(stored or "UTC"))
            rebuild_days(connection, days, before)
        set_meta(connection, "timezone", wanted)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return wanted


def rebuild_days(connection: Connection, days: Days, before: Days | None = None) -> None:
    """Sums every day anew, inside the caller's transaction. Of a ledger that was pruned only the
    days whose attempts are there, out of the days `before`, in whose zone it was summed so far."""
    kept_from = pruned_before(connection)
    if kept_from is None:
        for table in _BY_DAY:
            connection.change(f"DELETE FROM {table}")  # noqa: S608 - our own names
    else:
        _take_out(connection, before or days, kept_from)
    at = _FIRST if kept_from is None else kept_from
    while True:
        # From one attempt to the next day that has any: a broken clock may leave long gaps.
        ((first,),) = connection.execute(
            "SELECT MIN(started_us) FROM attempts WHERE started_us >= ?", (at,)
        )
        if first is None:
            find_all_straddling(connection)
            return
        day = days.day_of(first)
        span = (max(at, days.start_of(day)), days.start_of(day + 1))
        at = span[1]
        for statement in _ADD:
            connection.change(statement, (day, *span))
        _rebuild_latency(connection, day, span)


def _take_out(connection: Connection, before: Days, kept_from: int) -> None:
    """Takes the attempts that are kept out of the sums by the days of a zone."""
    meeting = before.day_of(kept_from)  # later days hold nothing else
    for table in _BY_DAY:
        connection.change(f"DELETE FROM {table} WHERE day > ?", (meeting,))  # noqa: S608 - our own names
    span = (kept_from, before.start_of(meeting + 1))
    for statement in _TAKE_OUT:
        connection.change(statement, (meeting, *span))
    _rebuild_latency(connection, meeting, span, sign=-1)
    for table in _BY_DAY:
        connection.change(
            f"DELETE FROM {table} WHERE day = ? AND attempts = 0",  # noqa: S608 - our own names
            (meeting,),
        )


def _rebuild_latency(
    connection: Connection, day: int, span: tuple[int, int], sign: int = 1
) -> None:
    counts: Counter[tuple[int, int, int]] = Counter()
    for leg, ttfb, duration in connection.stream(
        f"SELECT leg_id, ttfb_us, duration_us {_WITHIN}",
        span,
    ):
        if ttfb is not None:
            counts[(leg, TTFB, bucket_of(ttfb))] += sign
        if duration is not None:
            counts[(leg, DURATION, bucket_of(duration))] += sign
    connection.change_many(_LATENCY, [(day, *key, counts[key]) for key in sorted(counts)])
