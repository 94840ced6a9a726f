"""The rollups by calendar day, made anew from the attempts when the time zone changes.

Quarter-hours are those of UTC in every zone, so they stay. It is one transaction: other writers
wait (their records in memory) and readers see the old sums until it is done, about a second for
a quarter of a million attempts.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final

from voicegateway.storage.buckets import DURATION, TTFB, bucket_of
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.days import Days, zone_named
from voicegateway.storage.engine import Connection
from voicegateway.storage.schema import get_meta, set_meta
from voicegateway.storage.straddling import find_all_straddling

__all__ = ["ensure_zone", "rebuild_days"]

_log = logging.getLogger("voicegateway.ledger")

_SUMS: Final = (
    "COUNT(*), COUNT(*) - COUNT(cost_nano), CAST(COALESCE(SUM(cost_nano), 0) AS BIGINT), "
    + ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in UNIT_COLUMNS)
)
_NAMES: Final = f"attempts, unpriced, cost_nano, {', '.join(UNIT_COLUMNS)}"
_WITHIN: Final = "FROM attempts WHERE started_us >= ? AND started_us < ?"
_DAY: Final = (
    f"INSERT INTO rollup_days (day, project_id, leg_id, outcome, {_NAMES}) "
    f"SELECT CAST(? AS BIGINT), project_id, leg_id, outcome, {_SUMS} {_WITHIN} "
    "GROUP BY project_id, leg_id, outcome"
)
_SESSION: Final = (
    f"INSERT INTO rollup_sessions (day, session_id, project_id, {_NAMES}) "
    f"SELECT CAST(? AS BIGINT), COALESCE(session_id, 0), project_id, {_SUMS} {_WITHIN} "
    "GROUP BY COALESCE(session_id, 0), project_id"
)
_LATENCY: Final = (
    "INSERT INTO latency_days (day, leg_id, measure, bucket, attempts) VALUES (?, ?, ?, ?, ?)"
)


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
            rebuild_days(connection, days)
        set_meta(connection, "timezone", wanted)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return wanted


def rebuild_days(connection: Connection, days: Days) -> None:
    """Sums every day anew, inside the caller's transaction."""
    for table in ("rollup_days", "rollup_sessions", "latency_days"):
        connection.change(f"DELETE FROM {table}")  # noqa: S608 - our own names
    at = -(2**62)
    while True:
        # From one attempt to the next day that has any: a broken clock may leave long gaps.
        ((first,),) = connection.execute(
            "SELECT MIN(started_us) FROM attempts WHERE started_us >= ?", (at,)
        )
        if first is None:
            find_all_straddling(connection)
            return
        day = days.day_of(first)
        at = days.start_of(day + 1)
        span = (days.start_of(day), at)
        connection.change(_DAY, (day, *span))
        connection.change(_SESSION, (day, *span))
        _rebuild_latency(connection, day, span)


def _rebuild_latency(connection: Connection, day: int, span: tuple[int, int]) -> None:
    counts: Counter[tuple[int, int, int]] = Counter()
    for leg, ttfb, duration in connection.stream(
        f"SELECT leg_id, ttfb_us, duration_us {_WITHIN}",
        span,
    ):
        if ttfb is not None:
            counts[(leg, TTFB, bucket_of(ttfb))] += 1
        if duration is not None:
            counts[(leg, DURATION, bucket_of(duration))] += 1
    connection.change_many(_LATENCY, [(day, *key, counts[key]) for key in sorted(counts)])
