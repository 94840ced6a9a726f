"""Ended attempts with all that their price depends on, to be priced anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.engine import Connection, Value
from voicegateway.storage.reads.names import find_project, matching_legs
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader

__all__ = ["PricedRow", "card_contents", "priced_pages"]

_PAGE: Final = 4000
_LATEST: Final = (
    "LEFT JOIN requotes q ON q.call_id = a.call_id AND q.attempt = a.attempt AND q.batch_id = "
    "(SELECT MAX(m.batch_id) FROM requotes m "
    "WHERE m.call_id = a.call_id AND m.attempt = a.attempt)"
)


class PricedRow(NamedTuple):
    """Words are codes, as stored; quantities are millionths, money is nano-dollars."""

    started_us: int
    call_id: str
    attempt: int
    leg_id: int
    outcome: int
    basis: int
    verdict: int
    cost_nano: int | None
    card_id: int | None
    quote: str | None
    last_card_id: int | None
    """Of the quote that was made last, which may be a later one than the attempt's own."""
    last_quote: str | None
    units: tuple[int | None, ...]


def priced_pages(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    provider: str | None = None,
) -> Iterator[list[PricedRow]]:
    """Oldest first, some thousands at a time: neither memory nor a lock is held for long."""
    after = (period.start_us, "", 0)
    more = True
    while more:
        with reader.snapshot() as connection:
            where, owner = _wanted(connection, project, provider)
            params = (after[0], period.end_us, *after, *owner, _PAGE)
            found = connection.execute(_sql(connection, where), params)
        rows = [PricedRow._make((*row[:12], row[12:])) for row in found]
        more = len(rows) == _PAGE
        if rows:
            after = rows[-1][:3]
            yield rows


def card_contents(reader: Reader, cards: set[int]) -> dict[int, str]:
    """What these rate cards hold."""
    sql = "SELECT content FROM rate_cards WHERE id = ?"
    with reader.snapshot() as connection:
        return {card: connection.execute(sql, (card,))[0][0] for card in sorted(cards)}


def _sql(connection: Connection, where: str) -> str:
    # Mostly there is no other quote yet, and then there is no need to look for one a row.
    later = bool(connection.execute("SELECT 1 FROM requotes LIMIT 1"))
    last = "COALESCE(q.rate_card_id, a.rate_card_id), COALESCE(q.quote, a.quote)"
    columns = (
        "a.started_us, a.call_id, a.attempt, a.leg_id, a.outcome, a.unit_basis, a.verdict, "
        "a.cost_nano, a.rate_card_id, a.quote, "
        f"{last if later else 'a.rate_card_id, a.quote'}, "
        f"{', '.join(f'a.{name}' for name in UNIT_COLUMNS)}"
    )
    return (
        f"SELECT {columns} FROM attempts a {_LATEST if later else ''} "  # noqa: S608 - our own names
        "WHERE a.started_us >= ? AND a.started_us < ? "
        f"AND (a.started_us, a.call_id, a.attempt) > (?, ?, ?){where} "
        "ORDER BY a.started_us, a.call_id, a.attempt LIMIT ?"
    )


def _wanted(
    connection: Connection, project: str | None, provider: str | None
) -> tuple[str, list[Value]]:
    where, params = "", list[Value]()
    if project is not None:
        where += " AND a.project_id = ?"
        params.append(find_project(connection, project) or -1)
    legs = matching_legs(connection, None, None, provider)
    if legs is not None:
        where += f" AND a.leg_id IN ({', '.join('?' * len(legs)) or 'NULL'})"
        params += legs
    return where, params
