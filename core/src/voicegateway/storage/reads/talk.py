"""How many calls a period had, how long they took, and what a minute of them cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage.engine import Connection, Row, Value
from voicegateway.storage.reads.names import find_project
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.sessions import cost_per_minute
from voicegateway.storage.reads.spans import spans_of

__all__ = ["Talk", "talk"]

_BY_SESSION: Final = (
    "SELECT session_id, MIN(started_us), MAX(started_us + COALESCE(duration_us, 0)), "
    "CAST(SUM(cost_nano) AS BIGINT) FROM attempts "
    "WHERE started_us >= ? AND started_us < ? AND session_id IS NOT NULL"
)
_OPEN: Final = "SELECT DISTINCT session_id FROM open_attempts WHERE session_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Talk:
    """The sessions of a period. Their part outside of it does not count."""

    period: Period
    sessions: int
    """Those that an attempt started in, ended or not."""
    open: int
    """Sessions with an attempt that is still running, whenever it started."""
    length_us: int
    """From each session's first start to its last end, added up."""
    cost_nano: int | None
    """What these sessions' ended attempts cost; None if there were some, and none has a price."""

    @property
    def cost_per_minute_nano(self) -> int | None:
        return cost_per_minute(self.cost_nano, self.length_us)


def talk(reader: Reader, period: Period, *, project: str | None = None) -> Talk:
    """Read from the period's attempts: a day of 30,000 takes a twentieth of a second. Raises
    `LedgerRequestError` for a time whose attempts are no longer kept."""
    with reader.snapshot() as connection:
        owner = None if project is None else find_project(connection, project) or -1
        ended = _ended(connection, period, owner)
        running = {row[0] for row in _owned(connection, _OPEN, (), owner)}
        started = _owned(
            connection,
            f"{_OPEN} AND started_us >= ? AND started_us < ?",
            (period.start_us, period.end_us),
            owner,
        )
    met = {row[0] for row in ended} | {row[0] for row in started}
    costs = [row[3] for row in ended if row[3] is not None]
    return Talk(
        period=period,
        sessions=len(met),
        open=len(running),
        length_us=sum(last - first for _, first, last, _ in ended),
        cost_nano=sum(costs) if costs or not ended else None,
    )


def _ended(connection: Connection, period: Period, owner: int | None) -> list[Row]:
    spans_of(connection, period, quarters=False)  # refuses what is no longer kept
    found = _owned(
        connection, _BY_SESSION, (period.start_us, period.end_us), owner, " GROUP BY session_id"
    )
    return list(found)


def _owned(
    connection: Connection, sql: str, params: tuple[Value, ...], owner: int | None, more: str = ""
) -> list[Row]:
    if owner is None:
        return list(connection.execute(f"{sql}{more}", params))
    return list(connection.execute(f"{sql} AND project_id = ?{more}", (*params, owner)))
