"""What becomes of leases, holds and counts when answers are lost, records refused, owners declared
dead, and when those who asked no longer wait."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from decimal import Decimal

import pytest

from voicegateway.storage.book import Book
from voicegateway.storage.budgets import Caps, Draw
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.limits import Limit, Permit
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened
from voicegateway.storage.reaper import settle
from voicegateway.storage.sqlite import SqliteConnection
from voicegateway.types import Modality, PriceQuote

DOLLAR = 1_000_000_000
DIME = DOLLAR // 10
_STATE = """
SELECT (SELECT COALESCE(SUM(cost_nano), 0) FROM rollup_days),
       (SELECT COALESCE(SUM(amount_nano), 0) FROM budget_leases),
       (SELECT COUNT(*) FROM open_attempts)
"""


def attempt(call_id):
    return Attempt(call_id, 1, time.time_ns() // 1000, "shop", None, "p", "m", Modality.LLM)


def draw(ledger, account, nano, call_id, seconds=5):
    request = Draw(account, nano, (call_id, 1), AttemptOpened(attempt(call_id), nano))
    ledger.obtain(request, seconds)
    return request


def close(ledger, call_id, usd, **more):
    ledger.append(
        AttemptClosed(
            attempt=attempt(call_id),
            outcome="completed",
            units={},
            basis="measured",
            verdict="unverifiable",
            quote=PriceQuote(Decimal(usd)),
            ttfb_ms=None,
            duration_ms=1.0,
            **more,
        )
    )


@pytest.fixture
def account(ledger):
    return ledger.accounts.open("shop", Caps(daily_nano=DOLLAR))


@pytest.fixture
def state(tmp_path):
    """What is settled and leased, and how many rows are open."""

    def look():
        with sqlite3.connect(tmp_path / "ledger.db") as db:
            return db.execute(_STATE).fetchone()

    return look


@pytest.fixture
def lose_answer(monkeypatch):
    """The first commit after which a query finds something succeeds, and nobody hears of it."""
    lost = []
    commit = SqliteConnection.commit

    def losing(self):
        commit(self)
        if lost and self.execute(f"SELECT COUNT(*) FROM {lost[0]}")[0][0]:
            lost.pop()
            raise ConnectionError("the server has gone away")

    monkeypatch.setattr(SqliteConnection, "commit", losing)
    return lost.append


def until(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_cost_whose_booking_was_not_answered_is_spent_once(ledger, account, lose_answer, state):
    draw(ledger, account, DIME, "a")
    lose_answer("attempts")
    close(ledger, "a", "0.07")
    assert ledger.flush(5)
    assert (account.lease_nano, account.held_nano) == (DOLLAR // 2 - 70_000_000, 0)
    assert state() == (70_000_000, account.lease_nano, 0)


def test_until_it_is_known_a_cost_counts_as_booked(ledger, account, lose_answer, monkeypatch):
    draw(ledger, account, DIME, "a")
    gone = threading.Event()

    def away(*_):
        gone.set()
        raise OSError("nobody answers")

    connect = type(ledger._engine).connect
    monkeypatch.setattr(type(ledger._engine), "connect", away)
    lose_answer("attempts")
    close(ledger, "a", "0.07")
    assert gone.wait(5)
    assert account.lease_nano == DOLLAR // 2 - 70_000_000
    monkeypatch.setattr(type(ledger._engine), "connect", connect)
    assert ledger.flush(5)
    assert account.lease_nano == DOLLAR // 2 - 70_000_000


def test_a_grant_that_was_not_answered_is_neither_lost_nor_made_twice(
    ledger, account, lose_answer, state
):
    draw(ledger, account, DIME, "a")
    lose_answer("open_attempts WHERE call_id = 'b'")
    refused = draw(ledger, account, 8 * DIME, "b")
    assert refused.refused is not None
    until(lambda: draw(ledger, account, DIME, "c").refused is None)
    close(ledger, "a", "0.10")
    close(ledger, "c", "0.10")
    assert ledger.flush(5)
    until(lambda: state()[1:] == (account.lease_nano, 0))
    until(lambda: draw(ledger, account, 8 * DIME, "d").refused is None)


def test_a_refused_record_neither_holds_for_ever_nor_is_forgotten(ledger, account, state):
    draw(ledger, account, DIME, "a")
    close(ledger, "a", "0.07", speech_id=object())
    assert not ledger.flush(5)
    assert account.held_nano == 0
    assert state() == (DIME, account.lease_nano, 0)
    assert draw(ledger, account, 9 * DIME, "b").refused is None


def test_whoever_was_taken_for_dead_keeps_what_runs(ledger, account, state, tmp_path):
    """Its guess is taken back and leased again in one transaction: nobody else can have it."""
    draw(ledger, account, 4 * DIME, "a")
    other = open_ledger(tmp_path / "ledger.db")
    try:
        theirs = other.accounts.open("shop", account.caps)
        bury(ledger)
        assert draw(other, theirs, 6 * DIME, "b").refused is None
        assert state()[0] == 4 * DIME
        until(lambda: state()[0] == 0)
        settled, leased, _ = state()
        assert (settled, leased) == (0, DOLLAR)
        assert account.lease_nano == 4 * DIME
        close(ledger, "a", "0.40")
        close(other, "b", "0.60")
        assert ledger.flush(5)
        assert other.flush(5)
        assert state() == (DOLLAR, 0, 0)
    finally:
        other.close()


def bury(ledger):
    """As a reaper on another machine does that has not heard of a process for long enough."""
    connection = ledger._engine.connect()
    book = Book(connection, "UTC")
    try:
        ((process_id,),) = connection.execute(
            "SELECT id FROM processes WHERE pid = ?", (os.getpid(),)
        )
        until(lambda: settled(book, process_id))
    finally:
        connection.close()


def settled(book, process_id):
    try:
        with book.writing() as deltas:
            gone = "UPDATE processes SET lease_until_us = NULL WHERE id = ?"
            book.connection.change(gone, (process_id,))
            settle(book, process_id, deltas)
    except sqlite3.OperationalError:  # locked
        return False
    return True


def test_a_lease_may_not_be_spent_by_whoever_was_not_seen_for_long(ledger, account, monkeypatch):
    draw(ledger, account, DIME, "a")
    assert account.free() == 4 * DIME
    ledger._writer.gate.acquire()  # the database hangs
    try:
        until(lambda: account.free() == 0)
        assert not account.take(("b", 1), 1)
        first = draw(ledger, account, 1, "b", 0.2)
        begun = time.monotonic()
        second = draw(ledger, account, 1, "c", 5)
        waited = time.monotonic() - begun
    finally:
        ledger._writer.gate.release()
    assert "did not answer" in first.refused
    assert "does not answer" in second.refused
    assert waited < 4  # whoever comes next does not wait as well
    until(lambda: draw(ledger, account, 1, "d").refused is None)


def test_an_extension_of_an_attempt_that_is_over_holds_nothing(ledger, account):
    draw(ledger, account, DIME, "a")
    more = Draw(account, 6 * DIME, ("a", 1))
    more.give_up("over")
    ledger.ask(more)
    close(ledger, "a", "0.10")
    assert ledger.flush(5)
    assert account.held_nano == 0
    assert draw(ledger, account, 9 * DIME, "b").refused is None


def test_threads_that_take_from_one_lease_never_take_too_much(ledger, account, state):
    granted = []

    def spend(name):
        for index in range(40):
            key = f"{name}-{index}"
            if account.take((key, 1), DIME // 4):
                ledger.append(AttemptOpened(attempt(key), DIME // 4))
            elif draw(ledger, account, DIME // 4, key).refused is not None:
                continue
            granted.append(key)
            if index % 2:
                close(ledger, key, "0.025")

    threads = [threading.Thread(target=spend, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 40
    for key in granted:
        close(ledger, key, "0.025")
    assert ledger.flush(5)
    assert state() == (DOLLAR, 0, 0)
    assert account.held_nano == 0


def test_a_child_has_nothing_of_its_parents_lease(ledger, account, state):
    draw(ledger, account, DIME, "a")
    pid = os.fork()
    if pid == 0:
        known = ledger.accounts.get("shop")
        mine = ledger.accounts.open("shop", Caps(daily_nano=DOLLAR))
        granted = sum(draw(ledger, mine, DIME, f"child-{i}").refused is None for i in range(9))
        ledger.close()
        os._exit(granted if known is None else 99)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 5
    assert state()[1] == account.lease_nano


def take_permit(ledger, limit, seconds=5, *, stream=False):
    permit = Permit(limit, stream=stream)
    ledger.obtain(permit, seconds)
    return permit


def test_a_clock_that_was_set_back_does_not_close_a_limit(ledger, tmp_path):
    limit = Limit("acme", 600)
    assert take_permit(ledger, limit).refused is None
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("UPDATE rate_buckets SET tat_us = tat_us + 86400000000")
    refused = take_permit(ledger, limit)
    assert refused.retry_after is None or refused.retry_after <= 1.1


def test_a_permit_that_nobody_waits_for_is_not_used_up(ledger, tmp_path):
    limit = Limit("acme", 1)
    ledger.obtain(Permit(Limit("other", 1)), 5)  # the ledger is open now
    with sqlite3.connect(tmp_path / "ledger.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        gone = take_permit(ledger, limit, 0.05)
        db.execute("ROLLBACK")
    assert gone.refused is not None
    until(lambda: take_permit(ledger, Limit("third", 100_000)).refused is None)
    assert take_permit(ledger, limit).refused is None


def test_a_stream_whose_permit_was_not_answered_is_not_counted(ledger, lose_answer):
    limit = Limit("acme", None, 2)
    assert take_permit(ledger, limit, stream=True).refused is None
    lose_answer("rate_streams WHERE streams = 2")
    assert take_permit(ledger, limit, stream=True).refused is not None
    until(lambda: take_permit(ledger, limit, stream=True).refused is None)
    assert take_permit(ledger, limit, stream=True).refused == "streams"
    lose_answer("rate_streams WHERE streams < 2")
    ledger.stream_ended("acme")
    until(lambda: take_permit(ledger, limit, stream=True).refused is None)
    assert take_permit(ledger, limit, stream=True).refused == "streams"


def test_streams_of_whoever_was_taken_for_dead_are_counted_again(ledger, account, tmp_path):
    limit = Limit("acme", None, 1)
    assert take_permit(ledger, limit, stream=True).refused is None
    draw(ledger, account, DIME, "a")
    bury(ledger)
    other = open_ledger(tmp_path / "ledger.db")
    try:
        until(lambda: take_permit(other, limit, stream=True).refused == "streams")
    finally:
        other.close()
