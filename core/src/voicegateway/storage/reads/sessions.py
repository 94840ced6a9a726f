"""Sessions with their totals: the newest page by page, or those of a period, sorted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.reads.names import find_project, projects_by_id
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sums import ADDED, Sum
from voicegateway.storage.reads.texts import time_text, units_json, usd_text

__all__ = ["SessionPage", "SessionRow", "cost_per_minute", "session_row", "sessions"]

_MINUTE_US: Final = 60_000_000
_RUNNING: Final = "id IN (SELECT session_id FROM open_attempts WHERE session_id IS NOT NULL)"
_LIKE: Final = "LOWER(name) LIKE LOWER(?) ESCAPE '!'"
_KEPT_APART: Final = "SELECT first_us, last_us FROM pruned_sessions WHERE session_id = ?"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. The sum is of what has ended."""

    session_id: str
    project: str
    start_us: int | None
    """None if the ledger has no attempt of it any more and never had to say when it began."""
    end_us: int | None
    """When the last attempt that has ended did so."""
    open: int
    """Attempts still running: more than 0 is a live call."""
    sum: Sum

    @property
    def duration_us(self) -> int | None:
        """From the first attempt's start to the last one's end, so far."""
        if self.start_us is None or self.end_us is None:
            return None
        return self.end_us - self.start_us

    @property
    def cost_nano(self) -> int | None:
        """None if nothing of it has a known price."""
        return self.sum.cost_nano if self.sum.requests else 0

    @property
    def cost_per_minute_nano(self) -> int | None:
        return cost_per_minute(self.cost_nano, self.duration_us)

    def to_json(self) -> dict[str, object]:
        length = self.duration_us
        return {
            "session_id": self.session_id,
            "project": self.project,
            "started_at": None if self.start_us is None else time_text(self.start_us),
            "ended_at": None if self.end_us is None else time_text(self.end_us),
            "duration_seconds": None if length is None else length / 1_000_000,
            "cost_usd": usd_text(self.cost_nano),
            "cost_per_minute_usd": usd_text(self.cost_per_minute_nano),
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


def cost_per_minute(cost_nano: int | None, length_us: int | None) -> int | None:
    """Nano-dollars a minute of call; None if either is unknown, or the call took no time."""
    if cost_nano is None or not length_us or length_us < 0:
        return None
    return round(Decimal(cost_nano) * _MINUTE_US / length_us)


def sessions(
    reader: Reader,
    *,
    project: str | None = None,
    search: str | None = None,
    running: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> SessionPage:
    """Sessions, those the ledger met last first. `search` is a part of the id, in letters of any
    case; `running` asks for those with an open attempt. Raises `LedgerRequestError` for a cursor
    that is none."""
    if cursor is not None and not cursor.isdecimal():
        raise LedgerRequestError(f"{cursor!r} is no cursor: use the one a page came with.")
    where: list[str] = ["id < ?"]
    params: list[Value] = [int(cursor) if cursor else 2**62]
    if search is not None:
        where.append(_LIKE)
        params.append(_containing(search))
    if running:
        where.append(_RUNNING)
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
        rows = [
            session_row(connection, key, name, projects[owner])
            for key, name, owner in found[:limit]
        ]
    return SessionPage(tuple(rows), str(found[limit - 1][0]) if len(found) > limit else None)


def _containing(text: str) -> str:
    """A pattern for LIKE, in which nothing but the ends stands for something else."""
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text}%"


def session_row(connection: Connection, key: int, name: str, project: str) -> SessionRow:
    """A session by its key, and those of its attempts that are no longer kept counted in."""
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
    gone = connection.execute(_KEPT_APART, mine)
    kept_start, kept_end = gone[0] if gone else (None, None)
    starts = [at for at in (start, first, kept_start) if at is not None]
    ends = [at for at in (end, kept_end) if at is not None]
    return SessionRow(
        session_id=name,
        project=project,
        start_us=min(starts, default=None),
        end_us=max(ends, default=None),
        open=running,
        sum=one,
    )
