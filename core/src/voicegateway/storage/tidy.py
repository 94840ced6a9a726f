"""After rows were taken back out of the rollups: no trace of them may be left.

Subtracting gives right counts and costs, but a unit that only those rows had would be left at 0
where it must be NULL, and a sum of no rows would remain. This happens when a reaper's guess is
corrected, so it may cost a few reads. It runs after the rollups were written: by then this
transaction holds the locks of their rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.days import QUARTER_US, Days
from voicegateway.storage.engine import Connection
from voicegateway.storage.rollups import DAY_KEY, QUARTER_KEY, SESSION_KEY
from voicegateway.storage.rows import Closed
from voicegateway.storage.schema import pruned_before

__all__ = ["tidy"]

_UNIT_SUMS: Final = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in UNIT_COLUMNS)
_SET_UNITS: Final = ", ".join(f"{name} = ?" for name in UNIT_COLUMNS)
# Only abandoned rows are taken back; `<> 1` lets their small partial index be used.
_IN_LEG: Final = "project_id = ? AND leg_id = ? AND outcome = ? AND outcome <> 1"
_Span = tuple[int, int]


def tidy(connection: Connection, taken_back: Iterable[Closed], days: Days) -> None:
    """Sums the units of every rollup row that lost something anew, from the attempts. Where not
    all of those are kept any more, the subtraction has to do."""
    rows = list(taken_back)
    if not rows:
        return
    for row in rows:
        leg = (row.project_id, row.leg_id, row.outcome)
        quarter = row.started_us // QUARTER_US
        day = days.day_of(row.started_us)
        hours = (quarter * QUARTER_US, (quarter + 1) * QUARTER_US)
        whole = (days.start_of(day), days.start_of(day + 1))
        _redo(connection, "rollup_days", DAY_KEY, (day, *leg), _IN_LEG, leg, whole)
        _redo(connection, "rollup_quarters", QUARTER_KEY, (quarter, *leg), _IN_LEG, leg, hours)
        _redo_session(connection, day, row, whole)


def _redo_session(connection: Connection, day: int, row: Closed, span: _Span) -> None:
    key = (day, row.session_id or 0, row.project_id)
    where, scope = "project_id = ? AND session_id IS NULL", [row.project_id]
    if row.session_id is not None:
        where, scope = "project_id = ? AND session_id = ?", [row.project_id, row.session_id]
    _redo(connection, "rollup_sessions", SESSION_KEY, key, where, scope, span)


def _redo(
    connection: Connection,
    table: str,
    names: Sequence[str],
    key: Sequence[int],
    where: str,
    scope: Sequence[int],
    span: _Span,
) -> None:
    this_row = " AND ".join(f"{name} = ?" for name in names)
    connection.change(f"DELETE FROM {table} WHERE {this_row} AND attempts = 0", key)  # noqa: S608 - our own names
    kept_from = pruned_before(connection)
    if kept_from is not None and span[0] < kept_from:
        return
    (sums,) = connection.execute(
        f"SELECT {_UNIT_SUMS} FROM attempts "  # noqa: S608 - our own names
        f"WHERE {where} AND started_us >= ? AND started_us < ?",
        (*scope, *span),
    )
    connection.change(f"UPDATE {table} SET {_SET_UNITS} WHERE {this_row}", (*sums, *key))  # noqa: S608 - our own names
