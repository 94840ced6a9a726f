"""What is new since one last looked: the feed, read on from a cursor.

    cursor = tail_start(reader)
    while True:
        entries, cursor = tail(reader, cursor)

What happened comes once, and nothing is left out, for as long as the feed remembers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from voicegateway.storage.engine import Connection, Row
from voicegateway.storage.reads.cursor import MOST_MISSING, Cursor
from voicegateway.storage.reads.entries import CLOSED_SELECT, OPEN_SELECT, Entry, entries
from voicegateway.storage.reads.reader import Reader

__all__ = ["Cursor", "Happening", "Page", "happenings", "tail", "tail_start"]

_AT_ONCE: Final = 500
_FETCHED: Final = 100
_ENDS: Final = "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM feed"
_LATER: Final = "SELECT id, kind, body FROM feed WHERE id > ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    cursor: Cursor
    """From here the next one follows."""
    kind: Literal["row", "budget", "config"]
    entry: Entry | None
    """The row as it is now: open, or ended."""
    details: Mapping[str, Any]
    """Of a budget or of what was changed; empty for a row."""

    @property
    def project(self) -> str | None:
        """None if it concerns all."""
        return self.entry.project if self.entry else self.details.get("project")


@dataclass(frozen=True, slots=True)
class Page:
    happenings: tuple[Happening, ...]
    cursor: Cursor
    lost: bool = False
    """What followed the cursor is no longer known: `cursor` is where the feed is now."""
    more: bool = False
    """There is more already."""


def tail_start(reader: Reader) -> Cursor:
    """Now: what is written from here on follows."""
    with reader.snapshot() as connection:
        return _now(connection)


def tail(reader: Reader, cursor: Cursor) -> tuple[list[Entry], Cursor]:
    """The rows that were opened or have ended since, in that order, some hundreds at most, and the
    cursor to go on with. Empty: there is nothing new. A row that ended meanwhile comes once, as it
    ended."""
    page = happenings(reader, cursor)
    return [one.entry for one in page.happenings if one.entry is not None], page.cursor


def happenings(reader: Reader, cursor: Cursor, *, until: Cursor | None = None) -> Page:
    """The same of every kind; with `until` only what that cursor has behind it."""
    with reader.snapshot() as connection:
        ((first, newest),) = connection.execute(_ENDS)
        if _forgotten(cursor, first, newest):
            return Page((), _now(connection), lost=True)
        return _page(connection, cursor, until)


def _forgotten(cursor: Cursor, first: int, newest: int) -> bool:
    if cursor.last > newest:
        return True  # another database, or an older copy of this one
    return first > cursor.last + 1 or any(key < first for key in cursor.missing)


def _now(connection: Connection) -> Cursor:
    ((first, newest),) = connection.execute(_ENDS)
    now = Cursor(newest, {})
    if not connection.writers_overlap:
        return now
    begin = max(first - 1, newest - MOST_MISSING)
    there = {row[0] for row in connection.execute(_LATER, (begin,))}
    return now.without(key for key in range(begin + 1, newest) if key not in there)


def _page(connection: Connection, cursor: Cursor, until: Cursor | None) -> Page:
    found: list[Happening] = []
    for key, kind, body in _postings(connection, cursor):
        if until is not None and not until.covers(key):
            continue
        if len(found) >= _AT_ONCE:
            return Page(tuple(found), cursor, more=True)
        if connection.writers_overlap:
            absent = range(cursor.last + 1, key)
            cursor = cursor.without(absent)
        found += _happenings(connection, cursor, key, kind, json.loads(body))
        cursor = cursor.after(key)
    return Page(tuple(found), cursor.without(()))


def _postings(connection: Connection, cursor: Cursor) -> Iterator[tuple[int, str, str]]:
    """Those that were missing and have come, then those that followed."""
    if cursor.missing:
        keys = sorted(cursor.missing)
        marks = ", ".join("?" * len(keys))
        sql = f"SELECT id, kind, body FROM feed WHERE id IN ({marks}) ORDER BY id"  # noqa: S608 - question marks
        yield from connection.execute(sql, keys)
    yield from connection.stream(_LATER, (cursor.last,))


def _happenings(
    connection: Connection, cursor: Cursor, key: int, kind: str, body: dict[str, Any]
) -> list[Happening]:
    if kind != "rows":
        return [Happening(cursor.after(key), _kind(kind), None, body)]
    ids = [(name, one) for name in ("opened", "abandoned", "ended") for one in body.get(name, ())]
    taken = cursor.missing[key].taken if key in cursor.missing else 0
    rows = _rows(connection, ids[taken:])
    return [
        Happening(cursor.after(key, None if place == len(ids) else place), "row", rows[row_id], {})
        for place, (_, row_id) in enumerate(ids[taken:], taken + 1)
        if row_id in rows
    ]


def _kind(kind: str) -> Literal["budget", "config"]:
    return "budget" if kind == "budget" else "config"


def _rows(connection: Connection, ids: Sequence[tuple[str, str]]) -> dict[str, Entry]:
    """By id, as they are now. What was opened and has ended is left out, since its end is yet to
    come; so is what was settled too early and has been heard of since."""
    opened = [row_id for name, row_id in ids if name == "opened"]
    ended = [row_id for name, row_id in ids if name != "opened"]
    early = {row_id for name, row_id in ids if name == "abandoned"}
    found = _fetched(connection, OPEN_SELECT, opened) + _fetched(connection, CLOSED_SELECT, ended)
    return {
        entry.id: entry for entry in found if entry.id not in early or entry.outcome == "abandoned"
    }


def _fetched(connection: Connection, select: str, ids: Sequence[str]) -> list[Entry]:
    calls = sorted({row_id.rpartition("-")[0] for row_id in ids})
    found: list[Row] = []
    for begin in range(0, len(calls), _FETCHED):
        part = calls[begin : begin + _FETCHED]
        sql = f"{select} WHERE a.call_id IN ({', '.join('?' * len(part))})"
        found += connection.execute(sql, part)
    wanted = set(ids)  # a call may have more attempts than were asked for
    return [entry for entry in entries(connection, found) if entry.id in wanted] if found else []
