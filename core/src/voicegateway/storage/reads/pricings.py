"""Ended attempts with all that their price depends on, to be priced anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.engine import Connection, Row, Value
from voicegateway.storage.reads.names import find_project, matching_legs
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import Reader

__all__ = ["ABOUT", "Page", "PricedRow", "Question", "card_contents", "priced_pages"]

_PAGE: Final = 4000
_ALL: Final = tuple(range(len(UNIT_COLUMNS)))
_LATEST: Final = (
    "LEFT JOIN requotes q ON q.call_id = a.call_id AND q.attempt = a.attempt AND q.batch_id = "
    "(SELECT MAX(m.batch_id) FROM requotes m "
    "WHERE m.call_id = a.call_id AND m.attempt = a.attempt)"
)


# Plain tuples: a million objects with names take ten seconds.
PricedRow = Row
"""When it started, call id, attempt, cost, rate card and text of the quote that was made last
(which may be a later one than the attempt's own), outcome; behind those the row's `Question`.
Words are codes, as stored; quantities are millionths, money is nano-dollars."""
ABOUT: Final = 7
"""Where the question begins."""
Question = Row
"""What a price depends on besides the time: leg, basis, verdict, rate card and text of the
attempt's own quote, and the units that the page has; behind those nothing of meaning."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and which units they have columns for, by place in `Unit`: reading all of them,
    nearly always empty, would take as long as the rest of the row."""

    rows: list[PricedRow]
    places: tuple[int, ...]


def priced_pages(
    reader: Reader,
    period: Period,
    *,
    project: str | None = None,
    provider: str | None = None,
    besides: int | None = None,
) -> Iterator[Page]:
    """Oldest first, some thousands at a time: neither memory nor a lock is held for long. Quotes
    of the batch `besides`, which is being written, are not looked for."""
    after = (period.start_us, "", 0)
    places: tuple[int, ...] = ()
    more = True
    while more:
        with reader.snapshot() as connection:
            where, owner = _wanted(connection, project, provider)
            params = (after[0], period.end_us, *after, *owner, _PAGE)
            rows = connection.execute(_sql(connection, where, besides, places), params)
            if any(row[-1] is not None for row in rows):  # a unit that was not met before
                rows = connection.execute(_sql(connection, where, besides, _ALL), params)
                page = Page(rows, _ALL)
                places = tuple(sorted({*places, *_used(rows)}))
            else:
                page = Page(rows, places)
        more = len(rows) == _PAGE
        if rows:
            after = rows[-1][:3]
            yield page


def card_contents(reader: Reader, cards: set[int]) -> dict[int, str]:
    """What these rate cards hold."""
    sql = "SELECT content FROM rate_cards WHERE id = ?"
    with reader.snapshot() as connection:
        return {card: connection.execute(sql, (card,))[0][0] for card in sorted(cards)}


def _used(rows: list[PricedRow]) -> Iterator[int]:
    """The places of the units that some row has, of rows with all columns."""
    columns = list(zip(*rows, strict=True))[ABOUT + 5 :]
    return (
        place
        for place, column in zip(_ALL, columns, strict=False)
        if any(value is not None for value in column)
    )


def _sql(connection: Connection, where: str, besides: int | None, places: tuple[int, ...]) -> str:
    # Mostly there is no other quote yet, and then there is no need to look for one a row.
    batches = "SELECT 1 FROM requote_batches WHERE id <> ? LIMIT 1"
    later = bool(connection.execute(batches, (besides or 0,)))
    last = "COALESCE(q.rate_card_id, a.rate_card_id), COALESCE(q.quote, a.quote)"
    columns = (
        "a.started_us, a.call_id, a.attempt, a.cost_nano, "
        f"{last if later else 'a.rate_card_id, a.quote'}, a.outcome, "
        "a.leg_id, a.unit_basis, a.verdict, a.rate_card_id, a.quote, "
        f"{_units(places)}"
    )
    return (
        f"SELECT {columns} FROM attempts a {_LATEST if later else ''} "  # noqa: S608 - our own names
        "WHERE a.started_us >= ? AND a.started_us < ? "
        f"AND (a.started_us, a.call_id, a.attempt) > (?, ?, ?){where} "
        "ORDER BY a.started_us, a.call_id, a.attempt LIMIT ?"
    )


def _units(places: tuple[int, ...]) -> str:
    """Columns of these units, and one that is not NULL where a row has any other unit."""
    others = [f"a.{name}" for place, name in enumerate(UNIT_COLUMNS) if place not in places]
    wanted = [f"a.{UNIT_COLUMNS[place]}" for place in places]
    return ", ".join([*wanted, f"COALESCE({', '.join(['NULL', *others])})" if others else "NULL"])


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
