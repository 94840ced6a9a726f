"""`/v1/events` over real sockets, from a server and writers that are processes of their own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import events_kit
import httpx
import ledger_kit as kit
import pytest
import server_kit
from events_kit import begun

from voicegateway.core.config_manager import ConfigManager
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import open_ledger

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server that most of these tests share: it is the slowest thing here."""
    made = events_kit.Server(tmp_path_factory.mktemp("shared") / "voicegw.db")
    made.start()
    yield made
    made.remove()


@pytest.fixture
def server(shared, monkeypatch):
    monkeypatch.setenv("VOICEGW_DB_PATH", str(shared.database))
    return shared


@pytest.fixture
def ledger(server):
    yield from _opened(server.database)


@pytest.fixture
def own(database):
    """A server that may be killed."""
    made = events_kit.Server(database)
    made.start()
    yield made
    made.remove()


def _opened(database):
    opened = open_ledger(database)
    opened.append(kit.closed())  # what was there before
    assert opened.flush(10)
    yield opened
    opened.close()


def test_rows_come_as_they_are_opened_and_as_they_end(ledger, server) -> None:
    about = kit.attempt(project="support")
    with server.listen() as stream:
        begun(stream)
        ledger.append(kit.opened(about))
        assert ledger.flush(10)
        opened = next(stream)
        ledger.append(kit.closed(about))
        assert ledger.flush(10)
        ended = next(stream)
    assert (opened.name, opened.row) == ("row", (about.id, "open"))
    assert (ended.name, ended.row) == ("row", (about.id, "completed"))
    rows = httpx.get(f"{server.url}/v1/logs", params={"project": "support"}).json()["rows"]
    assert rows[0] == ended.data


def test_a_client_takes_up_where_it_left_off(ledger, server) -> None:
    with server.listen() as stream:
        place = begun(stream)
    records = [kit.closed() for _ in range(5)]
    for record in records:
        ledger.append(record)
    assert ledger.flush(10)
    expected = [(record.attempt.id, "completed") for record in records]
    with server.listen(last=place) as stream:
        first = [next(stream) for _ in range(2)]
    with server.listen(last_event_id=first[-1].id) as stream:
        rest = [next(stream) for _ in range(3)]
        assert begun(stream)
        ledger.append(later := kit.closed())
        assert ledger.flush(10)
        assert next(stream).row == (later.attempt.id, "completed")
    assert sorted(one.row for one in first + rest) == sorted(expected)


def test_nothing_is_lost_or_repeated_when_the_server_is_killed(own) -> None:
    """Another process writes all the while."""
    program = [sys.executable, str(PROGRAMS / "write_rows.py"), str(own.database), "1500", "0.002"]
    with own.listen() as stream:
        last = begun(stream)
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as writer:
        found: list[str] = []
        for _ in range(3):
            with own.listen(last=last) as stream:
                for event in stream:
                    last = event.id
                    if event.name == "row" and event.data["outcome"] == "completed":
                        found.append(event.data["id"])
                    if len(found) % 200 == 199:
                        break
                own.end(signal.SIGKILL)
            own.start()
        written = writer.stdout.read().split()
    with own.listen(last=last) as stream:
        for event in stream:
            if event.name == "alive":
                break
            if event.data["outcome"] == "completed":
                found.append(event.data["id"])
    assert writer.returncode == 0
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(written)


def test_a_client_gets_what_it_asked_for(ledger, server) -> None:
    with (
        server.listen(project="support") as mine,
        server.listen(types="config") as changes,
        server.listen(types="row,budget") as rows,
    ):
        for stream in (mine, changes, rows):
            begun(stream)
        ledger.append(other := kit.closed(kit.attempt(project="booking")))
        assert ledger.flush(10)
        ConfigManager().create("project", "support", {"daily_budget": "5"}, actor="api")
        ledger.append(own := kit.closed(kit.attempt(project="support")))
        assert ledger.flush(10)
        change = {"action": "create", "kind": "project", "id": "support"}
        assert [(one.name, one.data) for one in (next(mine), next(changes))] == [
            ("config", change)
        ] * 2
        assert next(mine).row == (own.attempt.id, "completed")
        assert [next(rows).row[0] for _ in range(2)] == [other.attempt.id, own.attempt.id]


def test_a_budget_that_is_spent_is_told_of(ledger, server) -> None:
    ledger.accounts.open("poor", Caps(monthly_nano=1_000_000))
    with server.listen(types="budget") as stream:
        begun(stream)
        ledger.append(kit.closed(kit.attempt(project="poor")))
        assert ledger.flush(10)
        event = next(stream)
    assert event.name == "budget"
    resets = event.data.pop("resets_at")
    assert resets.endswith("-01T00:00:00.000000Z")
    assert event.data == {
        "project": "poor",
        "period": "monthly",
        "reached": "100%",
        "spent_usd": "0.001200",
        "limit_usd": "0.001000",
    }


@pytest.mark.parametrize("last", ["99999999", "nonsense", "-1"])
def test_who_cannot_be_told_what_was_missed_is_told_that(ledger, server, last) -> None:
    with server.listen(last=last) as stream:
        gap = next(stream)
        assert (gap.name, gap.data) == ("gap", {"reason": "forgotten"})
        begun(stream)
        ledger.append(after := kit.closed())
        assert ledger.flush(10)
        assert next(stream).row == (after.attempt.id, "completed")


def test_a_slow_client_delays_nobody_and_is_told_what_it_lost(ledger, server) -> None:
    with _connected(server) as slow, server.listen() as fast:
        begun(fast)
        records = kit.mixed(16_000)
        for record in records:
            ledger.append(record)
        found = [next(fast).row[0] for _ in records]
        assert sorted(found) == sorted(record.attempt.id for record in records)
        lines = slow.makefile("r", encoding="ascii", newline="\n")
        late = events_kit.events(line.strip() for line in lines if not line[:1].isdigit())
        gap = next(event for event in late if event.name == "gap")
        assert gap.data == {"reason": "slow"}
        ledger.append(after := kit.closed())
        assert ledger.flush(10)
        assert next(event for event in late if event.name == "row").row[0] == after.attempt.id
        lines.close()


def _connected(server: events_kit.Server) -> socket.socket:
    """A client that asks, and does not read the answer."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(30)
    client.connect(("127.0.0.1", server.port))
    client.sendall(b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"200 OK" in client.recv(512)
    return client


def test_an_open_stream_does_not_hold_up_the_end_of_the_server(own) -> None:
    """uvicorn waits for it without limit unless told otherwise."""
    with own.listen() as stream:
        begun(stream)
        own.end(signal.SIGTERM, seconds=30)
        assert list(stream) == []  # it ends, and is not cut off


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"types": "row,rows"}, "query.types: an event is one of row, budget, config"),
        ({"typs": "row"}, "query.typs: no known parameter: did you mean 'types'"),
        ({"last_event_id": "1" * 2001}, "query.last_event_id: "),
    ],
)
def test_a_question_that_is_not_understood_is_refused(server, query, message) -> None:
    answer = httpx.get(f"{server.url}/v1/events", params=query)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    assert error["message"].startswith(message)


def test_a_stream_is_for_those_who_may_read(database, yaml, monkeypatch) -> None:
    monkeypatch.setenv("VOICEGW_CONFIG", str(yaml(server_kit.KEYED)))
    made = events_kit.Server(database)
    made.start()
    try:
        assert httpx.get(f"{made.url}/v1/events").status_code == 401
        headers = {"Authorization": f"Bearer {server_kit.TOKEN}"}
        with httpx.stream("GET", f"{made.url}/v1/events", headers=headers) as answer:
            assert answer.status_code == 200
            begun(events_kit.events(answer.iter_lines()))
    finally:
        made.remove()
