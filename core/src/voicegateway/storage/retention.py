"""Forgets attempts that are older than the operator wants to keep, and nothing that a summary says.

Sums by day, session and model are in the rollups, and stay. What summaries read from the attempts
themselves is kept apart in the transaction that deletes them: when a session began and ended, and
the latencies by project.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.buckets import DURATION, TTFB, bucket_of
from voicegateway.storage.days import Days
from voicegateway.storage.engine import Connection, Row
from voicegateway.storage.schema import PRUNED_BEFORE, pruned_before, set_meta

__all__ = ["prune_attempts"]

_AT_ONCE: Final = 1000
"""Attempts a transaction, and a second: others who write here wait some 30 ms for it."""
_ANY: Final = "SELECT 1 FROM attempts WHERE started_us < ? LIMIT 1"
_OLDEST: Final = (
    "(call_id, attempt) IN (SELECT call_id, attempt FROM attempts WHERE started_us < ? "
    "ORDER BY started_us, call_id, attempt LIMIT ?)"
)
_FORGET_REQUOTES: Final = f"DELETE FROM requotes WHERE {_OLDEST}"  # noqa: S608 - our own names
_TAKE: Final = (
    f"DELETE FROM attempts WHERE {_OLDEST} RETURNING "  # noqa: S608 - our own names
    "started_us, project_id, leg_id, session_id, ttfb_us, duration_us"
)
_KEEP_SESSION: Final = (
    "INSERT INTO pruned_sessions (session_id, first_us, last_us, attempts) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (session_id) DO UPDATE SET "
    "first_us = CASE WHEN excluded.first_us < pruned_sessions.first_us "
    "THEN excluded.first_us ELSE pruned_sessions.first_us END, "
    "last_us = CASE WHEN excluded.last_us > pruned_sessions.last_us "
    "THEN excluded.last_us ELSE pruned_sessions.last_us END, "
    "attempts = pruned_sessions.attempts + excluded.attempts"
)
_KEEP_LATENCY: Final = (
    "INSERT INTO pruned_latency (project_id, day, leg_id, measure, bucket, attempts) "
    "VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (project_id, day, leg_id, measure, bucket) DO UPDATE SET "
    "attempts = pruned_latency.attempts + excluded.attempts"
)


def prune_attempts(book: Book, keep_days: int) -> int:
    """Deletes some of the attempts that started more than `keep_days` whole calendar days ago;
    returns how many, so that whoever calls it every second is done in the end. Cheap if there is
    nothing to do."""
    connection = book.connection
    days = book.days
    horizon = days.start_of(days.day_of(connection.now_us()) - keep_days)
    if not connection.execute(_ANY, (horizon,)):
        return 0
    with book.writing():
        # First of all, for it makes others who prune wait: no attempt is ever kept apart twice.
        set_meta(connection, PRUNED_BEFORE, str(max(horizon, pruned_before(connection) or horizon)))
        connection.change(_FORGET_REQUOTES, (horizon, _AT_ONCE))
        rows = connection.execute(_TAKE, (horizon, _AT_ONCE))
        _keep_sessions(connection, rows)
        _keep_latency(connection, rows, book.days)
    return len(rows)


def _keep_sessions(connection: Connection, rows: list[Row]) -> None:
    kept: dict[int, tuple[int, int, int]] = {}
    for started, _, _, session, _, duration in rows:
        if session is not None:
            first, last, count = kept.get(session, (started, started, 0))
            ended = started + (duration or 0)
            kept[session] = (min(first, started), max(last, ended), count + 1)
    connection.change_many(_KEEP_SESSION, [(key, *kept[key]) for key in sorted(kept)])


def _keep_latency(connection: Connection, rows: list[Row], days: Days) -> None:
    counts: Counter[tuple[int, int, int, int, int]] = Counter()
    for started, project, leg, _, ttfb, duration in rows:
        day = days.day_of(started)
        if ttfb is not None:
            counts[(project, day, leg, TTFB, bucket_of(ttfb))] += 1
        if duration is not None:
            counts[(project, day, leg, DURATION, bucket_of(duration))] += 1
    connection.change_many(_KEEP_LATENCY, [(*key, counts[key]) for key in sorted(counts)])
