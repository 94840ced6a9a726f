"""Following the ledger: everything once, in order, from wherever one left off."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import ledger_kit as kit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.errors import LedgerError
from voicegateway.storage.budgets import Caps, Draw
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.managed import Change, ManagedStore
from voicegateway.storage.models import AttemptClosed
from voicegateway.storage.queries import Reader, open_reader
from voicegateway.storage.reads.cursor import Cursor
from voicegateway.storage.reads.tail import Happening, happenings, tail, tail_start
from voicegateway.storage.sqlite import SqliteConnection
from voicegateway.storage.targets import engine_for


@pytest.fixture
def reader(ledger: Ledger, path: Path) -> Iterator[Reader]:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    with open_reader(path) as opened:
        yield opened


def seen(reader: Reader, cursor: Cursor) -> list[tuple[str, str]]:
    return [(entry.id, entry.outcome) for entry in tail(reader, cursor)[0]]


def test_what_was_there_before_is_not_new(reader) -> None:
    entries, cursor = tail(reader, tail_start(reader))
    assert entries == []
    assert str(cursor) == str(tail_start(reader))


def test_a_row_comes_when_it_is_opened_and_when_it_ends(ledger, reader) -> None:
    cursor, about = tail_start(reader), kit.attempt()
    ledger.append(kit.opened(about))
    assert ledger.flush(10)
    (opened,), cursor = tail(reader, cursor)
    ledger.append(kit.closed(about))
    assert ledger.flush(10)
    (ended,), cursor = tail(reader, cursor)
    assert (opened.id, opened.outcome, opened.cost_usd) == (about.id, "open", None)
    assert (ended.id, ended.outcome, ended.cost_usd) == (about.id, "completed", Decimal("0.0012"))
    assert tail(reader, cursor)[0] == []


def test_a_row_that_ended_meanwhile_comes_once(ledger, reader) -> None:
    cursor, about = tail_start(reader), kit.attempt()
    ledger.append(kit.opened(about))
    assert ledger.flush(10)
    ledger.append(kit.closed(about))
    assert ledger.flush(10)
    assert seen(reader, cursor) == [(about.id, "completed")]


def test_what_is_said_twice_comes_once(ledger, reader) -> None:
    cursor, about = tail_start(reader), kit.attempt()
    for _ in range(2):
        ledger.append(kit.closed(about))
        assert ledger.flush(10)
    assert seen(reader, cursor) == [(about.id, "completed")]


def test_what_was_settled_too_early_comes_as_it_really_ended(open_, ledger, reader, path) -> None:
    cursor, about = tail_start(reader), kit.attempt()
    ledger.append(kit.opened(about))
    assert ledger.flush(10)
    ledger.close()  # settles what it has open
    assert seen(reader, cursor) == [(about.id, "abandoned")]
    later = open_(path)
    later.append(kit.closed(about))
    assert later.flush(10)
    assert seen(reader, cursor) == [(about.id, "completed")]


def test_a_backlog_comes_page_by_page(ledger, reader) -> None:
    cursor, records = tail_start(reader), kit.mixed(3000)
    for record in records:
        ledger.append(record)
    assert ledger.flush(30)
    found, pages = [], 0
    while page := happenings(reader, cursor).happenings:
        found += [one.entry.id for one in page if one.entry]
        cursor, pages = page[-1].cursor, pages + 1
    assert sorted(found) == sorted(record.attempt.id for record in records)
    assert pages > 1


def test_what_is_managed_is_followed(ledger, reader, path) -> None:
    cursor = tail_start(reader)
    store = ManagedStore(engine_for(path))
    assert store.create("project", "support", '{"daily_budget": "5"}', None, Change("api"))
    (change,) = happenings(reader, cursor).happenings
    assert change.kind == "config"
    assert change.details == {"action": "create", "kind": "project", "id": "support"}


def test_a_budget_is_told_of_once_a_day(ledger, reader, path, open_) -> None:
    cursor = tail_start(reader)
    other = open_(path)
    for one in (ledger, other):
        one.accounts.open("default", Caps(daily_nano=2_000_000))
    ledger.append(kit.closed())  # 0.0012 dollars, and as much was there before
    assert ledger.flush(10)
    budget = _awaited(reader, cursor, "budget")
    assert (budget.project, budget.details["reached"]) == ("default", "100%")
    assert budget.details["spent_usd"] == "0.002400"
    assert budget.details["limit_usd"] == "0.002000"
    draw = Draw(ledger.accounts.get("default"), 1_000, None)
    ledger.obtain(draw, 5)
    blocked = _awaited(reader, budget.cursor, "budget")
    assert blocked.details["reached"] == "blocked"
    ledger.obtain(Draw(ledger.accounts.get("default"), 1_000, None), 5)
    time.sleep(1.2)  # both have looked again
    assert not [one for one in happenings(reader, blocked.cursor).happenings if one.details]


def _awaited(reader: Reader, cursor: Cursor, kind: str) -> Happening:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for one in happenings(reader, cursor).happenings:
            if one.kind == kind:
                return one
        time.sleep(0.02)
    raise AssertionError(f"no {kind}")


def test_who_was_away_too_long_is_told(ledger, reader, path) -> None:
    cursor = tail_start(reader)
    for _ in range(3):
        ledger.append(kit.closed())
        assert ledger.flush(10)
    _change(path, "UPDATE feed SET at_us = 0")
    for _ in range(2):  # the second finds what is younger than the oldest
        _duty(ledger, path)
    assert kit.rows(path, "SELECT COUNT(*) FROM feed") == [(1,)]
    page = happenings(reader, cursor)
    assert page.lost
    ledger.append(after := kit.closed())
    assert ledger.flush(10)
    assert seen(reader, page.cursor) == [(after.attempt.id, "completed")]


def _duty(ledger: Ledger, path: Path) -> None:
    """Until the writer has looked after its duties once more, which it does every second."""
    before = kit.rows(path, "SELECT COUNT(*) FROM feed")
    until = time.monotonic() + 3
    while kit.rows(path, "SELECT COUNT(*) FROM feed") == before and time.monotonic() < until:
        time.sleep(0.02)


def test_another_database_in_its_place_is_noticed(reader) -> None:
    ahead = replace(tail_start(reader), last=10_000)
    assert happenings(reader, ahead).lost


@pytest.mark.parametrize("text", ["", "x", "1!", "1!2@", "-1", "1!2,x", "9" * 30, "1\n", "\u0661"])
def test_a_text_that_is_no_cursor_is_refused_or_read(text: str) -> None:
    if text == "1!":
        assert str(Cursor.parse(text)) == "1"
    elif text == "1!2@":
        assert str(Cursor.parse(text)) == "1!2"
    else:
        with pytest.raises(LedgerError, match="no place to go on from"):
            Cursor.parse(text)


class _Overlapping(SqliteConnection):
    """SQLite that says of itself what holds for a server."""

    writers_overlap = True


def _change(path: Path, sql: str, params: Iterable[object] = ()) -> None:
    """Behind the ledger's back."""
    db = sqlite3.connect(path, timeout=10)
    with db:
        db.execute(sql, tuple(params))
    db.close()


def _post(path: Path, key: int, ids: list[str]) -> None:
    _change(
        path,
        "INSERT INTO feed (id, at_us, kind, body) VALUES (?, ?, 'rows', ?)",
        (key, time.time_ns() // 1000, '{"ended":["' + '","'.join(ids) + '"]}'),
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    path = tmp_path_factory.mktemp("many") / "voicegw.db"
    ledger = open_ledger(path)
    records: list[AttemptClosed] = [kit.closed() for _ in range(40)]
    for record in records:
        ledger.append(record)
    assert ledger.flush(10)
    ledger.close()
    return path, [record.attempt.id for record in records]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nothing_is_lost_or_repeated_however_commits_overtake_each_other(
    data, many, monkeypatch
) -> None:
    """Transactions get their ids in one order and are committed in another; some never are. The
    reader stops after any row, keeps nothing but the text of that row's cursor, and goes on."""
    path, ids = many
    monkeypatch.setattr("voicegateway.storage.sqlite.SqliteConnection", _Overlapping)
    _change(path, "DELETE FROM feed")
    _post(path, 1, [])
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=12))
    postings, at = {}, 0
    for key, size in enumerate(sizes, 2):
        postings[key] = ids[at : at + size]
        at += size
    rolled_back = data.draw(st.sets(st.sampled_from(sorted(postings))))
    order = data.draw(st.permutations(sorted(set(postings) - rolled_back)))
    found: list[str] = []
    with open_reader(path) as reader:
        text = str(tail_start(reader))
        for key in order:
            _post(path, key, postings[key])
            if data.draw(st.booleans()):
                text = _some(reader, text, found, data.draw(st.integers(0, 6)))
        while (after := _some(reader, text, found, 100)) != text:
            text = after
    assert sorted(found) == sorted(one for key in order for one in postings[key])


def _some(reader: Reader, text: str, found: list[str], most: int) -> str:
    """Takes at most that many rows; returns the cursor of the last."""
    page = happenings(reader, Cursor.parse(text))
    assert not page.lost
    taken = page.happenings[:most]
    found += [one.entry.id for one in taken if one.entry]
    return str(taken[-1].cursor) if taken else text


def test_a_transaction_that_never_comes_is_given_up(path, ledger, reader, monkeypatch) -> None:
    monkeypatch.setattr("voicegateway.storage.sqlite.SqliteConnection", _Overlapping)
    monkeypatch.setattr("voicegateway.storage.reads.cursor._WAIT_SECONDS", 0.05)
    with open_reader(path) as overlapping:
        cursor = tail_start(overlapping)
        _post(path, cursor.last + 2, ["none-1"])
        waiting = happenings(overlapping, cursor).cursor
        assert str(waiting) == f"{cursor.last + 2}!{cursor.last + 1}"
        time.sleep(0.1)
        assert str(happenings(overlapping, waiting).cursor) == str(cursor.last + 2)


def test_the_rows_of_a_page_are_found_by_their_key(path, ledger, reader) -> None:
    """However many rows the ledger has."""
    from voicegateway.storage.reads.entries import CLOSED_SELECT

    sql = f"{CLOSED_SELECT} WHERE a.call_id IN (?, ?)"
    with sqlite3.connect(path) as db:
        plan = " ".join(str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", ["a", "b"]))
    db.close()
    assert "SCAN a" not in plan
