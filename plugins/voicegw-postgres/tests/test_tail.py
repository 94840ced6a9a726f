"""Following a ledger whose writers overlap."""

from __future__ import annotations

import time

import psycopg
from fleet import Agent

from voicegateway.storage.feed import note
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import Reader, open_reader
from voicegateway.storage.reads.counters import counters
from voicegateway.storage.reads.cursor import Cursor
from voicegateway.storage.reads.histograms import Histograms
from voicegateway.storage.reads.tail import happenings, tail_start
from voicegateway.testing.conformance.records import many
from voicegw_postgres.engine import postgres_engine

PROCESSES = 4
EACH = 400


def made(url: str) -> Reader:
    """An empty ledger, and a reader of it."""
    open_ledger(url, engine_factory=postgres_engine).close()
    ledger = open_ledger(url, engine_factory=postgres_engine)
    ledger.append(many(1, seed=99, step_us=10)[0])
    assert ledger.flush(30)
    ledger.close()
    return open_reader(url, engine_factory=postgres_engine)


def test_every_row_of_several_processes_comes_once(url: str) -> None:
    """The follower keeps nothing but the text of a cursor, and takes it up again each time."""
    with made(url) as reader:
        text = str(tail_start(reader))
        agents = [Agent(url, seed, EACH, rate=200) for seed in range(PROCESSES)]
        for agent in agents:
            assert agent.hear() == "ready"
        for agent in agents:
            agent.tell("begin")
        found: list[str] = []
        until = time.monotonic() + 120
        while len(found) < PROCESSES * EACH and time.monotonic() < until:
            page = happenings(reader, Cursor.parse(text))
            assert not page.lost
            for one in page.happenings:
                text = str(one.cursor)
                if one.entry is not None and one.entry.outcome != "open":
                    found.append(one.entry.id)
        for agent in agents:
            assert agent.hear()[0]
            agent.end()
        assert not happenings(reader, Cursor.parse(text)).happenings
        total = sum(one.attempts for one in counters(reader, Histograms()).counted)
    assert len(found) == len(set(found)) == PROCESSES * EACH
    assert total == PROCESSES * EACH + 1


def test_a_commit_that_was_overtaken_is_not_missed(url: str) -> None:
    with made(url) as reader:
        cursor = tail_start(reader)
        slow, fast = (postgres_engine(url, durability="process").connect() for _ in range(2))
        slow.begin_write()
        note(slow, "config", {"id": "slow"})
        fast.begin_write()
        note(fast, "config", {"id": "fast"})
        fast.commit()
        first = happenings(reader, cursor)
        assert [one.details["id"] for one in first.happenings] == ["fast"]
        begun_now = tail_start(reader)
        slow.commit()
        for later in (first.happenings[0].cursor, first.cursor, begun_now):
            found = happenings(reader, Cursor.parse(str(later)))
            assert [one.details["id"] for one in found.happenings] == ["slow"]
            assert not happenings(reader, found.cursor).happenings
        slow.close()
        fast.close()


def test_the_feed_is_found_in_order(url: str) -> None:
    with made(url), psycopg.connect(url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute("EXPLAIN SELECT id FROM feed WHERE id > 5 ORDER BY id").fetchall()
    assert "Index" in str(plan)
