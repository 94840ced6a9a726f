"""Recent sessions with their totals."""

from __future__ import annotations

from dataclasses import dataclass

from voicegateway.errors import LedgerError
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.reads.names import find_project, projects_by_id
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sums import ADDED, Sum
from voicegateway.storage.reads.texts import time_text, units_json, usd_text

__all__ = ["SessionPage", "SessionRow", "sessions"]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. The sum is of what has ended."""

    session_id: str
    project: str
    start_us: int | None
    """None if its attempts are no longer kept."""
    end_us: int | None
    open: int
    """Attempts still running: more than 0 is a live call."""
    sum: Sum

    def to_json(self) -> dict[str, object]:
        return {
            "session_id": self.session_id,
            "project": self.project,
            "started_at": None if self.start_us is None else time_text(self.start_us),
            "ended_at": None if self.end_us is None else time_text(self.end_us),
            "cost_usd": usd_text(self.sum.cost_nano if self.sum.requests else 0),
            "requests": self.sum.requests,
            "open_requests": self.open,
            "unpriced_requests": self.sum.unpriced,
            "units": units_json(self.sum.units),
        }


@dataclass(frozen=True, slots=True)
class SessionPage:
    rows: tuple[SessionRow, ...]
    next_cursor: str | None

    def to_json(self) -> list[dict[str, object]]:
        return [row.to_json() for row in self.rows]


def sessions(
    reader: Reader, *, project: str | None = None, limit: int = 50, cursor: str | None = None
) -> SessionPage:
    """Sessions, those the ledger met last first. Raises `LedgerError` for a cursor that is
    none."""
    if cursor is not None and not cursor.isdecimal():
        raise LedgerError(f"{cursor!r} is no cursor: use the one a page came with.")
    where, params = ["id < ?"], [int(cursor) if cursor else 2**62]
    with reader.snapshot() as connection:
        if project is not None:
            where.append("project_id = ?")
            params.append(find_project(connection, project) or -1)
        found = connection.execute(
            f"SELECT id, name, project_id FROM sessions WHERE {' AND '.join(where)} "  # noqa: S608 - our own names
            "ORDER BY id DESC LIMIT ?",
            (*params, limit + 1),
        )
        projects = projects_by_id(connection)
        rows = [_row(connection, key, name, projects[owner]) for key, name, owner in found[:limit]]
    return SessionPage(tuple(rows), str(found[limit - 1][0]) if len(found) > limit else None)


def _row(connection: Connection, key: int, name: str, project: str) -> SessionRow:
    one = Sum()
    for sums in connection.execute(
        f"SELECT {ADDED} FROM rollup_sessions WHERE session_id = ? GROUP BY session_id",  # noqa: S608 - our own names
        (key,),
    ):
        one.add(sums)
    mine: tuple[Value, ...] = (key,)
    ((start, end),) = connection.execute(
        "SELECT MIN(started_us), MAX(started_us + COALESCE(duration_us, 0)) FROM attempts "
        "WHERE session_id = ?",
        mine,
    )
    ((running, first),) = connection.execute(
        "SELECT COUNT(*), MIN(started_us) FROM open_attempts WHERE session_id = ?", mine
    )
    starts = [at for at in (start, first) if at is not None]
    return SessionRow(name, project, min(starts) if starts else None, end, running, one)
