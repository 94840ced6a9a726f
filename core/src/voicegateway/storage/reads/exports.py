"""Every ended attempt of a period as plain values, for files that hold one line a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from voicegateway.storage import quotes
from voicegateway.storage.codes import OUTCOME_WORD, UNIT_COLUMNS, VERDICT_WORD
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.models import LedgerOutcome
from voicegateway.storage.reads.names import (
    Leg,
    find_project,
    legs_by_id,
    matching_legs,
    projects_by_id,
)
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader
from voicegateway.types import Verdict

__all__ = ["ExportRow", "export_rows"]

_PAGE: Final = 2000
_SELECT: Final = (
    "SELECT a.started_us, a.call_id, a.attempt, a.project_id, s.name, a.leg_id, a.cost_nano, "  # noqa: S608 - our own names
    "a.rate_card_id, a.verdict, a.outcome, "
    f"{', '.join(f'a.{name}' for name in UNIT_COLUMNS)} "
    "FROM attempts a LEFT JOIN sessions s ON s.id = a.session_id "
    "WHERE a.started_us >= ? AND a.started_us < ? AND (a.started_us, a.call_id, a.attempt) > "
    "(?, ?, ?)"
)
_ORDER: Final = " ORDER BY a.started_us, a.call_id, a.attempt LIMIT ?"


class ExportRow(NamedTuple):
    """One request. Money is nano-dollars and quantities are millionths, None where unknown."""

    started_us: int
    project: str
    session_id: str | None
    leg: Leg
    units: tuple[int | None, ...]
    """In the order of `Unit`."""
    cost_nano: int | None
    price_source: str | None
    verdict: Verdict
    outcome: LedgerOutcome


def export_rows(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    modality: str | None = None,
) -> Iterator[ExportRow]:
    """Oldest first, read page by page, so that neither memory nor a lock is held for long.
    Attempts that are still running are left out. `model` is `provider/model` or the model
    alone."""
    sources: dict[int | None, str | None] = {None: None}
    after = (period.start_us, "", 0)
    more = True
    while more:
        with reader.snapshot() as connection:
            where, owner = _owned(connection, project)
            params = (after[0], period.end_us, *after, *owner, _PAGE)
            rows = connection.execute(f"{_SELECT}{where}{_ORDER}", params)
            projects, legs = projects_by_id(connection), legs_by_id(connection)
            wanted = matching_legs(connection, model, modality, provider)
            _learn_sources(connection, sources, {row[7] for row in rows})
        for row in rows:
            if wanted is not None and row[5] not in wanted:
                continue
            yield ExportRow(
                started_us=row[0],
                project=projects[row[3]],
                session_id=row[4],
                leg=legs[row[5]],
                units=row[10:],
                cost_nano=row[6],
                price_source=sources[row[7]],
                verdict=VERDICT_WORD[row[8]],
                outcome=OUTCOME_WORD[row[9]],
            )
        more = len(rows) == _PAGE
        after = rows[-1][:3] if rows else after


def _owned(connection: Connection, project: str | None) -> tuple[str, list[Value]]:
    if project is None:
        return "", []
    return " AND a.project_id = ?", [find_project(connection, project) or -1]


def _learn_sources(
    connection: Connection, sources: dict[int | None, str | None], cards: set[int | None]
) -> None:
    for card in cards - sources.keys():
        rows = connection.execute("SELECT content FROM rate_cards WHERE id = ?", (card,))
        sources[card] = (quotes.source_of(rows[0][0]) or None) if rows else None
