"""Many processes, one server, and everything that can happen to it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fleet import Agent
from server import PASSWORD, Server

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import logs, open_reader
from voicegateway.testing import LedgerPlace
from voicegateway.testing.conformance.place import until
from voicegateway.testing.conformance.records import many
from voicegateway.testing.conformance.truth import checked_rows
from voicegw_postgres.engine import postgres_engine


@pytest.fixture
def place(url: str) -> LedgerPlace:
    return LedgerPlace(url, postgres_engine)


def left(spool: Path) -> list[Path]:
    return [file for file in spool.rglob("*.spool") if file.stat().st_size > 40]


def test_eight_processes_through_a_restart_and_a_crash(
    server: Server, place: LedgerPlace, spool_folder: Path
) -> None:
    deadlocks = server.deadlocks()
    agents = [Agent(place.target, seed, 500, rate=150) for seed in range(1, 9)]
    for agent in agents:
        assert agent.hear() == "ready"
    for agent in agents:
        agent.tell("begin")
    time.sleep(1.0)
    assert server.deadlocks() == deadlocks
    server.stop()
    time.sleep(0.5)
    server.start()
    time.sleep(1.0)
    server.kill()
    server.start()
    for agent in agents:
        durable, committed, lost, _ = agent.hear()
        assert (durable, committed, lost) == (True, 1000, 0)
        assert PASSWORD not in agent.end()
    assert checked_rows(place) == 8 * 500
    assert place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)]
    assert not left(spool_folder)
    assert server.deadlocks() <= deadlocks  # a crash sets the count back


def test_away_at_the_start(server: Server, place: LedgerPlace, spool_folder, caplog) -> None:
    server.stop()
    try:
        ledger = open_ledger(place.target, engine_factory=postgres_engine)
        for record in many(200):
            ledger.append(record)
        assert ledger.flush(30)
        assert ledger.stats().spooled == 200
        assert left(spool_folder)
    finally:
        server.start()
    until(lambda: ledger.stats().committed == 200)
    ledger.close()
    assert checked_rows(place) == 200
    assert not left(spool_folder)
    assert "(away)" in caplog.text
    assert PASSWORD not in caplog.text


def test_killed_while_away_and_written_by_the_next(
    server: Server, place: LedgerPlace, spool_folder: Path
) -> None:
    server.stop()
    try:
        agents = [Agent(place.target, seed, 100, task="hold") for seed in (1, 2)]
        for agent in agents:
            assert agent.hear() == "ready"
            agent.tell("begin")
            assert agent.hear() == [True, 0, 100]
            agent.kill()
        assert not any(PASSWORD.encode() in file.read_bytes() for file in left(spool_folder))
    finally:
        server.start()
    heir = open_ledger(place.target, engine_factory=postgres_engine)
    heir.start()
    until(lambda: not left(spool_folder))
    heir.close()
    assert checked_rows(place) == 200
    with open_reader(place.target, engine_factory=postgres_engine) as reader:
        found = {row.call_id: row for row in logs(reader, limit=500).rows}
    for record in (*many(100, seed=1), *many(100, seed=2)):
        row = found[record.attempt.call_id]
        assert (row.outcome, row.quote, row.units) == (record.outcome, record.quote, record.units)


def test_a_server_that_neither_answers_nor_hangs_up(
    server: Server, place: LedgerPlace, spool_folder: Path
) -> None:
    agent = Agent(place.target, 1, 50, task="hold")
    ledger = open_ledger(place.target, engine_factory=postgres_engine)
    first, second = many(10, seed=2), many(30, seed=3)
    for record in first:
        ledger.append(record)
    assert ledger.flush(30)
    assert agent.hear() == "ready"
    server.freeze()
    try:
        agent.tell("begin")
        assert agent.hear() == [True, 0, 50]
        agent.kill()
        for record in second:
            ledger.append(record)
        assert ledger.flush(30)
        assert ledger.stats().spooled == 30
    finally:
        server.thaw()
    until(lambda: ledger.stats().committed == 40)
    ledger.close()
    heir = open_ledger(place.target, engine_factory=postgres_engine)
    heir.start()
    until(lambda: not left(spool_folder))
    heir.close()
    assert checked_rows(place) == 90
