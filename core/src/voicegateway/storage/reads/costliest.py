"""The sessions that cost most in a period, found without adding up all of them.

A session that has one row in `rollup_sessions` costs what that row says, so the costliest of
these are read from an index, day by day. Those with several rows (over midnight, or in two
projects) are few and are added up, as are those in a part of the period that is no whole day.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from voicegateway.storage.engine import Connection, Row
from voicegateway.storage.reads.spans import Span, Spans
from voicegateway.storage.reads.sums import ADDED, Sum, source

__all__ = ["costliest_sessions"]

_CHUNK: Final = 200
_NO_SESSION: Final = 0


def costliest_sessions(connection: Connection, spans: Spans, most: int) -> list[tuple[int, Sum]]:
    """At least the `most` costliest sessions, by key, with their sums; 0 is "no session"."""
    edges = _by_session(connection, Spans(moments=spans.moments))
    wanted = {_NO_SESSION, *edges}
    for span in spans.days:
        straddling = _straddling(connection, span)
        wanted |= straddling
        wanted |= _costliest_rows(connection, span, straddling, most)
    for span in spans.days:
        for session, one in _whole_days(connection, span, sorted(wanted)):
            edges.setdefault(session, Sum()).merge(one)
    return list(edges.items())


def _straddling(connection: Connection, span: Span) -> set[int]:
    rows = connection.execute(
        "SELECT DISTINCT session_id FROM straddling_sessions WHERE day >= ? AND day < ?", span
    )
    return {row[0] for row in rows}


def _costliest_rows(connection: Connection, span: Span, others: set[int], most: int) -> set[int]:
    best: list[tuple[int, int]] = []
    for day in range(*span):
        least = best[0][0] if len(best) == most else -1
        rows = connection.execute(
            "SELECT cost_nano, session_id FROM rollup_sessions WHERE day = ? AND cost_nano > ? "
            "ORDER BY cost_nano DESC LIMIT ?",
            (day, least, most + len(others) + 1),
        )
        for cost, session in rows:
            if session == _NO_SESSION or session in others:
                continue
            if len(best) < most:
                heapq.heappush(best, (cost, session))
            else:
                heapq.heappushpop(best, (cost, session))
    return {session for _, session in best}


def _whole_days(
    connection: Connection, span: Span, sessions: Sequence[int]
) -> Iterator[tuple[int, Sum]]:
    for begin in range(0, len(sessions), _CHUNK):
        part = sessions[begin : begin + _CHUNK]
        marks = ", ".join("?" * len(part))
        yield from _summed(
            connection.execute(
                f"SELECT session_id, {ADDED} FROM rollup_sessions "  # noqa: S608 - our own names
                # The plus keeps the days' own index, which would read the whole period, out.
                f"WHERE session_id IN ({marks}) AND +day >= ? AND +day < ? GROUP BY session_id",
                (*part, *span),
            )
        )


def _by_session(connection: Connection, spans: Spans) -> dict[int, Sum]:
    if not spans.moments:
        return {}
    sql, params = source(spans, ("session_id",), None)
    return dict(
        _summed(
            connection.execute(
                f"SELECT session_id, {ADDED} FROM ({sql}) s GROUP BY session_id",  # noqa: S608 - our own names
                params,
            )
        )
    )


def _summed(rows: Iterable[Row]) -> Iterator[tuple[int, Sum]]:
    for row in rows:
        one = Sum()
        one.add(row[1:])
        yield row[0], one
