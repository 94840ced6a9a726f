"""Attempts one by one: newest first for the log, oldest first for an export."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.codes import OUTCOME_CODE
from voicegateway.storage.engine import Connection, Row, Value
from voicegateway.storage.models import LedgerOutcome
from voicegateway.storage.reads.entries import CLOSED_SELECT, OPEN_SELECT, Entry, entries
from voicegateway.storage.reads.names import find_project, find_session, matching_legs
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader, ledger_days

__all__ = ["LogPage", "attempt_by_id", "attempts_in", "attempts_of_call", "logs"]

_ORDER: Final = "ORDER BY a.started_us DESC, a.call_id DESC, a.attempt DESC LIMIT ?"
_PAGE: Final = 1000
_OPEN: Final = OUTCOME_CODE["open"]
_COMPLETED: Final = OUTCOME_CODE["completed"]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some rows, newest first, and where the next page begins."""

    rows: tuple[Entry, ...]
    next_cursor: str | None
    """None: there is no more."""

    def to_json(self) -> list[dict[str, object]]:
        """The rows, as `voicegw logs --json` prints them."""
        return [row.to_json() for row in self.rows]


@dataclass(slots=True)
class _Filter:
    """Conditions that both tables understand."""

    where: list[str]
    params: list[Value]
    legs: list[int] | None
    outcome: int | None
    session: bool
    ended: bool = False

    def between(self, start_us: int, end_us: int) -> None:
        self.where.append("a.started_us >= ? AND a.started_us < ?")
        self.params += [start_us, end_us]

    def query(self, select: str, leg: int | None) -> tuple[str, list[Value]]:
        where, params = list(self.where), list(self.params)
        if leg is not None:
            where.append("a.leg_id = ?")
            params.append(leg)
        elif self.legs is not None:
            where.append(f"+a.leg_id IN ({', '.join('?' * len(self.legs))})")
            params += self.legs
        if select is CLOSED_SELECT and self.outcome is not None:
            where.append(self._outcome())
            params.append(self.outcome)
        return f"{select}{' WHERE ' if where else ''}{' AND '.join(where)} {_ORDER}", params

    def _outcome(self) -> str:
        if self.session:
            return "+a.outcome = ?"  # keeps to the session's index, the smaller by far
        if self.outcome == _COMPLETED:
            return "a.outcome = ?"
        return "a.outcome = ? AND a.outcome <> 1"  # lets the partial index be used


def logs(
    reader: Reader,
    *,
    project: str | None = None,
    model: str | None = None,
    provider: str | None = None,
    modality: str | None = None,
    outcome: LedgerOutcome | None = None,
    session: str | None = None,
    period: Period | None = None,
    unpriced: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> LogPage:
    """At most `limit` rows, newest first, open ones included: those that started in `period` if
    there is one, and with `unpriced` only ended ones without a known cost. `model` is
    `provider/model` or the model alone; `cursor` is the `next_cursor` of the page before. Raises
    `LedgerRequestError` for an unknown outcome or a cursor that is none."""
    with reader.snapshot() as connection:
        wanted = _filter(connection, project, session, outcome, cursor)
        if wanted is None:
            return LogPage((), None)
        wanted.legs = matching_legs(connection, model, modality, provider)
        if period is not None:
            wanted.between(period.start_us, period.end_us)
        if unpriced:
            _only_unpriced(connection, wanted)
        if wanted.legs == []:
            return LogPage((), None)
        limit = max(limit, 0)
        rows = _newest(connection, wanted, limit + 1)
        more = len(rows) > limit
        shown = tuple(entries(connection, rows[:limit]))
    return LogPage(shown, _cursor(shown[-1]) if more and shown else None)


def attempt_by_id(reader: Reader, row_id: str) -> Entry | None:
    """The row with this `id` (call id, dash, attempt); None if there is none."""
    call_id, _, attempt = row_id.rpartition("-")
    if not attempt.isdecimal() or len(attempt) > 9:
        return None
    with reader.snapshot() as connection:
        for select in (CLOSED_SELECT, OPEN_SELECT):
            sql = f"{select} WHERE a.call_id = ? AND a.attempt = ?"
            rows = connection.execute(sql, (call_id, int(attempt)))
            if rows:
                return entries(connection, rows)[0]
    return None


def attempts_of_call(reader: Reader, call_id: str) -> list[Entry]:
    """All attempts of a call, in their order, open ones included; none if there is no such call."""
    found: list[Entry] = []
    with reader.snapshot() as connection:
        for select in (CLOSED_SELECT, OPEN_SELECT):
            rows = connection.execute(f"{select} WHERE a.call_id = ?", (call_id,))
            found += entries(connection, rows)
    return sorted(found, key=lambda entry: entry.attempt)


def attempts_in(reader: Reader, period: Period, *, project: str | None = None) -> Iterator[Entry]:
    """Every ended attempt that started in a period, oldest first, read page by page so that
    neither memory nor a lock is held for long."""
    after: tuple[int, str, int] = (period.start_us, "", 0)
    while True:
        with reader.snapshot() as connection:
            where, params = "a.started_us >= ? AND a.started_us < ?", [after[0], period.end_us]
            where += " AND (a.started_us, a.call_id, a.attempt) > (?, ?, ?)"
            values: list[Value] = [*params, *after]
            if project is not None:
                where += " AND a.project_id = ?"
                values.append(find_project(connection, project) or -1)
            sql = (
                f"{CLOSED_SELECT} WHERE {where} ORDER BY a.started_us, a.call_id, a.attempt LIMIT ?"
            )
            page = entries(connection, connection.execute(sql, (*values, _PAGE)))
        yield from page
        if len(page) < _PAGE:
            return
        after = (page[-1].started_us, page[-1].call_id, page[-1].attempt)


def _filter(
    connection: Connection,
    project: str | None,
    session: str | None,
    outcome: str | None,
    cursor: str | None,
) -> _Filter | None:
    """None if a name is unknown, so that nothing can match."""
    code = None if outcome is None else OUTCOME_CODE.get(outcome)  # type: ignore[call-overload]
    if outcome is not None and code is None:
        raise LedgerRequestError(
            f"{outcome!r} is no outcome: use one of {', '.join(OUTCOME_CODE)}."
        )
    wanted = _Filter([], [], None, code, session is not None)
    for name, column, find in (
        (project, "a.project_id", find_project),
        (session, "a.session_id", find_session),
    ):
        if name is not None:
            found = find(connection, name)
            if found is None:
                return None
            wanted.where.append(f"{column} = ?")
            wanted.params.append(found)
    if cursor is not None:
        started, call_id, attempt = _read_cursor(cursor)
        # The first condition is implied by the second and is what an index is found by.
        wanted.where.append(
            "a.started_us <= ? AND (a.started_us, a.call_id, a.attempt) < (?, ?, ?)"
        )
        wanted.params += [started, started, call_id, attempt]
    return wanted


def _only_unpriced(connection: Connection, wanted: _Filter) -> None:
    """Looks where the rollups say that there are some: they are few, and far between."""
    wanted.ended = True
    wanted.where.append("a.cost_nano IS NULL")
    rows = connection.execute(
        "SELECT leg_id, MIN(day), MAX(day) FROM rollup_days WHERE unpriced > 0 GROUP BY leg_id"
    )
    found = [row for row in rows if wanted.legs is None or row[0] in wanted.legs]
    wanted.legs = [row[0] for row in found]
    if found:
        days = ledger_days(connection)
        first, last = min(row[1] for row in found), max(row[2] for row in found)
        wanted.between(days.start_of(first), days.start_of(last + 1))


def _newest(connection: Connection, wanted: _Filter, limit: int) -> list[Row]:
    """Leg by leg, because each leg's rows can be had in order and those of several cannot. A
    session's rows are few and need no such care."""
    selects = [CLOSED_SELECT] if wanted.outcome != _OPEN else []
    if wanted.outcome in (None, _OPEN) and not wanted.ended:
        selects.append(OPEN_SELECT)
    apart = wanted.legs is not None and not wanted.session
    legs: list[int | None] = [*wanted.legs] if apart and wanted.legs else [None]
    found = []
    for select in selects:
        for leg in legs:
            sql, params = wanted.query(select, leg)
            found.append(connection.execute(sql, (*params, limit)))
    newest = heapq.merge(*found, key=lambda row: row[:3], reverse=True)
    return list(islice(newest, limit))


def _cursor(entry: Entry) -> str:
    return f"{entry.started_us}.{entry.id}"


def _read_cursor(text: str) -> tuple[int, str, int]:
    try:
        started, _, row_id = text.partition(".")
        call_id, _, attempt = row_id.rpartition("-")
        return int(started), call_id, int(attempt)
    except ValueError:
        raise LedgerRequestError(f"{text!r} is no cursor: use the one a page came with.") from None
