"""What the API and the tools stand on, without either."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import ledger_kit as kit
import pytest

from voicegateway.core.gateway import Gateway
from voicegateway.errors import LedgerError, LedgerRequestError, ResourceInUseError
from voicegateway.operations import Operations, Window
from voicegateway.operations.readers import Readers
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import Reader
from voicegateway.storage.sqlite import SqliteEngine


def test_an_empty_ledger_is_made_when_there_is_none(operations, database):
    assert database.exists()
    assert operations.costs(Window()).requests == 0


def test_without_a_ledger_reads_say_so_and_nothing_else_fails(database):
    operations = Operations(Gateway())
    with pytest.raises(LedgerError, match="There is no ledger"):
        operations.costs(Window())
    assert operations.status().ledger.ok is False
    assert operations.health().status == "ok"
    operations.close()


def test_a_ledger_that_cannot_be_made_does_not_stop_the_start(database, caplog):
    database.mkdir()
    operations = Operations(Gateway())
    operations.prepare()
    assert "There is no ledger to read" in caplog.text
    with pytest.raises(LedgerError):
        operations.logs()
    operations.close()


def test_many_threads_take_turns_with_few_readers(operations, database):
    ledger = open_ledger(database)
    for _ in range(50):
        ledger.append(kit.closed())
    assert ledger.flush(30)
    ledger.close()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: operations.costs(Window("today")), range(64)))
    assert {one.requests for one in found} == {50}
    assert {one.total_usd for one in found} == {"0.060000"}


def test_no_more_readers_are_opened_than_are_allowed(database):
    open_ledger(database).close()
    Operations(Gateway()).prepare()
    opened = []

    def opening():
        opened.append(Reader(SqliteEngine(database)))
        return opened[-1]

    readers, together = Readers(opening, most=2), threading.Barrier(2)

    def use(_):
        with readers.one() as reader, reader.snapshot() as connection:
            together.wait(30)
            return connection.execute("SELECT 1")

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(use, range(6))) == [[(1,)]] * 6
    assert len(opened) == 2
    readers.close()
    readers.close()


def test_a_reader_that_cannot_be_opened_leaves_its_place(tmp_path):
    missing = SqliteEngine(tmp_path / "nowhere.db")
    readers = Readers(lambda: Reader(missing), most=1)
    for _ in range(3):
        with pytest.raises(LedgerError), readers.one() as reader, reader.snapshot():
            pass


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window(start="2026-03-29", end="2026-03-29"), (28, 23), (29, 22)),  # a day of 23 hours
        (Window(start="2026-03-29T00:00", end="2026-03-30"), (28, 23), (30, 22)),
        (Window(start="2026-03-29T00:00Z", end="2026-03-29T01:00Z"), (29, 0), (29, 1)),
    ],
)
def test_days_are_the_zones_and_moments_are_what_they_say(window, start, end):
    found = window.resolve("Europe/Berlin")
    expected = [kit.us(datetime(2026, 3, day, hour, tzinfo=UTC)) for day, hour in (start, end)]
    assert [found.start_us, found.end_us] == expected


def test_today_is_a_calendar_day():
    found = Window("today").resolve("America/New_York")
    assert (found.end_us - found.start_us) % 3_600_000_000 == 0
    midnight = datetime.fromtimestamp(found.start_us / 1e6, UTC)
    assert midnight.hour in (4, 5)


@pytest.mark.parametrize(
    "window",
    [
        Window("year"),
        Window("all"),
        Window(""),
        Window("today", "2026-01-01", "2026-01-02"),
        Window(start="2026-01-01"),
        Window(end="2026-01-01"),
        Window(start="yesterday", end="2026-01-01"),
        Window(start="2026-01-02", end="2026-01-01"),
        Window(start="9999-12-31", end="9999-12-31"),
        Window(start="0001-01-01", end="0001-01-01"),
    ],
)
def test_windows_that_are_none(window):
    with pytest.raises(LedgerRequestError):
        window.resolve("Asia/Tokyo")


async def test_changes_apply_at_once_and_name_their_actor(operations):
    await operations.create("project", "support", {"daily_budget": "5.00"}, actor="mcp")
    assert operations.project("support").daily_budget_usd == "5.00"
    await operations.update("project", "support", {"budget_action": "block"}, actor="cli")
    assert operations.budgets("support")[0].budget_action == "block"
    said = await operations.delete("project", "support", actor="mcp")
    assert (said.deleted, said.settings["daily_budget"]) == (False, "5.00")
    assert [row.actor for row in operations.audit_log().rows] == ["cli", "mcp"]


async def test_a_chain_that_needs_an_alias_keeps_it(operations, tmp_path, monkeypatch):
    await operations.create("provider", "acme", {}, actor="api")
    await operations.create("model", "stt/fast", {"provider": "acme", "model": "m"}, actor="api")
    with pytest.raises(ResourceInUseError, match="acme"):
        await operations.delete("provider", "acme", actor="api", confirm=True)
    assert operations.provider("acme").source == "managed"


def test_pieces_of_an_export_are_made_as_they_are_asked_for(operations, database):
    ledger = open_ledger(database)
    for _ in range(4001):
        ledger.append(kit.closed())
    assert ledger.flush(60)
    ledger.close()
    pieces = operations.export_costs(Window("month"))
    head = list(itertools.islice(pieces, 2))
    assert head[0].startswith(b"started_at,")
    assert head[1].count(b"\r\n") == 2000
    pieces.close()  # a client that goes away
    whole = b"".join(operations.export_costs(Window("month")))
    assert whole.count(b"\r\n") == 4002
    assert whole.startswith(b"".join(head))
