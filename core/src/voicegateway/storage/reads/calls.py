"""The sessions of a period, sorted by what they cost, how long they took, or when they began.

A session belongs to a period if an attempt of it started there; its figures are always those of
the whole session, since that is the call somebody made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from voicegateway.storage.engine import Connection, Row
from voicegateway.storage.reads.names import find_project, projects_by_id
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sessions import SessionRow, session_row
from voicegateway.storage.reads.spans import spans_of

__all__ = ["SessionSort", "sessions_in"]

SessionSort = Literal["cost", "duration", "started"]

_CHUNK: Final = 200
_KEYS: Final = {
    "cost": (
        "SELECT r.session_id, CAST(SUM(r.cost_nano) AS BIGINT) FROM rollup_sessions r "
        "WHERE r.session_id IN ({marks}) GROUP BY r.session_id"
    ),
    "started": (
        "SELECT t.session_id, MIN(t.at) FROM ("
        "SELECT session_id, MIN(started_us) AS at FROM attempts "
        "WHERE session_id IN ({marks}) GROUP BY session_id "
        "UNION ALL SELECT session_id, MIN(started_us) FROM open_attempts "
        "WHERE session_id IN ({marks}) GROUP BY session_id "
        "UNION ALL SELECT session_id, first_us FROM pruned_sessions "
        "WHERE session_id IN ({marks})) t GROUP BY t.session_id"
    ),
    "duration": (
        "SELECT t.session_id, MAX(t.last) - MIN(t.first) FROM ("
        "SELECT session_id, MIN(started_us) AS first, "
        "MAX(started_us + COALESCE(duration_us, 0)) AS last FROM attempts "
        "WHERE session_id IN ({marks}) GROUP BY session_id "
        "UNION ALL SELECT session_id, first_us, last_us FROM pruned_sessions "
        "WHERE session_id IN ({marks})) t GROUP BY t.session_id"
    ),
}
"""What sessions are sorted by; `{marks}` stands for their keys."""


def sessions_in(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    sort: SessionSort = "started",
    limit: int = 50,
) -> list[SessionRow]:
    """At most `limit` sessions, the costliest, longest or newest first. Raises `LedgerError` for a
    part of a day whose attempts are no longer kept."""
    with reader.snapshot() as connection:
        found = _of_project(connection, _met(connection, period), project)
        order = _sorted(connection, list(found), sort)[: max(limit, 0)]
        projects = projects_by_id(connection)
        return [
            session_row(connection, key, found[key][0], projects[found[key][1]]) for key in order
        ]


def _met(connection: Connection, period: Period) -> set[int]:
    spans = spans_of(connection, period, quarters=False)
    found = _used(connection, "rollup_sessions", "day", spans.days)
    found |= _used(connection, "attempts", "started_us", spans.moments)
    found |= _used(connection, "open_attempts", "started_us", [(period.start_us, period.end_us)])
    return found - {0}


def _used(
    connection: Connection, table: str, column: str, spans: Iterable[tuple[int, int]]
) -> set[int]:
    sql = (
        f"SELECT DISTINCT session_id FROM {table} "  # noqa: S608 - our own names
        f"WHERE {column} >= ? AND {column} < ? AND session_id IS NOT NULL"
    )
    return {row[0] for span in spans for row in connection.execute(sql, span)}


def _of_project(
    connection: Connection, keys: set[int], project: str | None
) -> dict[int, tuple[str, int]]:
    """Name and project of each; a session belongs to the project it was first seen in."""
    owner = None if project is None else find_project(connection, project) or -1
    sql = "SELECT id, name, project_id FROM sessions WHERE id IN ({marks})"
    return {
        key: (name, owned)
        for key, name, owned in _chunked(connection, sql, sorted(keys))
        if owner in (None, owned)
    }


def _sorted(connection: Connection, keys: list[int], sort: SessionSort) -> list[int]:
    found: dict[int, int] = {
        row[0]: row[1] for row in _chunked(connection, _KEYS[sort], sorted(keys))
    }
    return sorted(keys, key=lambda key: (-(found.get(key) or 0), -key))


def _chunked(connection: Connection, sql: str, keys: Sequence[int]) -> Iterable[Row]:
    times = sql.count("{marks}")
    for begin in range(0, len(keys), _CHUNK):
        part = keys[begin : begin + _CHUNK]
        marks = ", ".join("?" * len(part))
        yield from connection.execute(sql.replace("{marks}", marks), [*part] * times)
