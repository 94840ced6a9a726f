"""What a process may spend of a budget: drawn, held, booked, handed back, never above the cap."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voicegateway.storage.budgets import Caps, Draw
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened
from voicegateway.types import Modality, PriceQuote

DOLLAR = 1_000_000_000
DIME = DOLLAR // 10


def attempt(call_id, project="shop"):
    return Attempt(call_id, 1, time.time_ns() // 1000, project, None, "p", "m", Modality.LLM)


def draw(ledger, account, nano, call_id):
    request = Draw(account, nano, (call_id, 1), AttemptOpened(attempt(call_id), nano))
    ledger.obtain(request, 5)
    return request


def close(ledger, call_id, usd, project="shop"):
    ledger.append(
        AttemptClosed(
            attempt=attempt(call_id, project),
            outcome="completed",
            units={},
            basis="measured",
            verdict="unverifiable",
            quote=PriceQuote(Decimal(usd)),
            ttfb_ms=None,
            duration_ms=1.0,
        )
    )


def table(path, sql):
    with sqlite3.connect(path) as db:
        return db.execute(sql).fetchall()


def leases(path):
    return table(path, "SELECT process_id, amount_nano FROM budget_leases WHERE amount_nano > 0")


@pytest.fixture
def account(ledger):
    return ledger.accounts.open("shop", Caps(daily_nano=DOLLAR))


def test_the_open_row_is_there_when_the_grant_is(ledger, account, tmp_path):
    assert draw(ledger, account, DIME, "a").refused is None
    rows = table(tmp_path / "ledger.db", "SELECT call_id, held_nano FROM open_attempts")
    assert rows == [("a", DIME)]


def test_a_fair_share_is_drawn_and_the_rest_left_to_others(ledger, account, tmp_path):
    draw(ledger, account, DIME, "a")
    assert account.lease_nano == DOLLAR // 2
    assert account.free() == DOLLAR // 2 - DIME
    assert [amount for _, amount in leases(tmp_path / "ledger.db")] == [DOLLAR // 2]


def test_a_call_within_the_lease_asks_nobody(ledger, account):
    draw(ledger, account, DIME, "a")
    assert account.take(("b", 1), 4 * DIME)
    assert not account.take(("c", 1), 1)


def test_a_booked_cost_leaves_the_lease_and_releases_the_hold(ledger, account, tmp_path):
    draw(ledger, account, DIME, "a")
    close(ledger, "a", "0.03")
    assert ledger.flush(5)
    assert account.lease_nano == DOLLAR // 2 - 30_000_000
    assert account.held_nano == 0
    assert leases(tmp_path / "ledger.db")[0][1] == DOLLAR // 2 - 30_000_000


def test_no_more_than_the_cap_is_ever_admitted(ledger, account):
    refused = [draw(ledger, account, DIME, f"c{i}").refused for i in range(12)]
    assert refused == [None] * 10 + ["cap"] * 2
    assert account.standing.leased_nano == DOLLAR
    for i in range(10):
        close(ledger, f"c{i}", "0.10")
    assert ledger.flush(5)
    assert draw(ledger, account, 1, "z").refused == "cap"
    assert account.standing.day_nano == DOLLAR


def test_an_underestimate_is_made_good_before_the_next_call(ledger, account):
    draw(ledger, account, 5 * DIME, "a")
    close(ledger, "a", "0.80")
    assert ledger.flush(5)
    assert draw(ledger, account, 3 * DIME, "b").refused == "cap"
    assert draw(ledger, account, 2 * DIME, "c").refused is None


def test_the_smaller_of_two_caps_counts(ledger):
    account = ledger.accounts.open("shop", Caps(daily_nano=DOLLAR, monthly_nano=DIME))
    assert draw(ledger, account, DIME + 1, "a").refused == "cap"
    assert draw(ledger, account, DIME, "a").refused is None


def test_an_abandoned_request_leaves_no_trace(ledger, account, tmp_path):
    draw(ledger, account, DIME, "a")  # the ledger is open now
    with sqlite3.connect(tmp_path / "ledger.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        request = Draw(account, 9 * DIME, ("b", 1), AttemptOpened(attempt("b"), 9 * DIME))
        ledger.obtain(request, 0.05)
        db.execute("ROLLBACK")
    assert "did not answer within 0.05 s" in request.refused
    close(ledger, "a", "0.10")
    assert ledger.flush(5)
    assert account.held_nano == 0
    assert draw(ledger, account, 9 * DIME, "c").refused is None
    rows = table(tmp_path / "ledger.db", "SELECT call_id FROM open_attempts")
    assert rows == [("c",)]


def test_what_is_free_is_handed_back_when_money_is_scarce(ledger, account, tmp_path):
    draw(ledger, account, 8 * DIME, "a")
    close(ledger, "a", "0.10")
    assert ledger.flush(5)
    account.last_need = 5 * DIME
    deadline = time.monotonic() + 10
    while account.free() > 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert account.free() == 0
    assert leases(tmp_path / "ledger.db") == []


def test_a_clean_stop_leaves_nothing_leased_or_open(tmp_path):
    path = tmp_path / "ledger.db"
    ledger = open_ledger(path)
    account = ledger.accounts.open("shop", Caps(daily_nano=DOLLAR))
    draw(ledger, account, DIME, "a")
    ledger.close()
    assert leases(path) == []
    assert table(path, "SELECT * FROM open_attempts") == []
    assert table(path, "SELECT outcome, cost_nano FROM attempts") == [(4, DIME)]


def test_two_ledgers_share_one_cap(tmp_path, ledger, account):
    other = open_ledger(tmp_path / "ledger.db")
    theirs = other.accounts.open("shop", account.caps)
    try:
        granted = 0
        for i in range(12):
            mine, his = (ledger, account), (other, theirs)
            bank, purse = mine if i % 2 else his
            granted += draw(bank, purse, DIME, f"c{i}").refused is None
        assert granted == 10
    finally:
        other.close()


def test_a_closed_ledger_grants_nothing(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.db")
    account = ledger.accounts.open("shop", Caps(daily_nano=DOLLAR))
    ledger.close()
    assert "closed" in draw(ledger, account, DIME, "a").refused


def test_the_standing_says_when_it_ends(ledger, account):
    draw(ledger, account, DIME, "a")
    now = datetime.now(UTC)
    ends = account.standing.day_ends
    assert ends.hour == ends.minute == 0
    assert 0 < (ends - now).total_seconds() <= 86_400
    assert account.standing.month_ends.day == 1


def test_a_hundred_thousand_releases_leave_no_hold(ledger, account):
    draw(ledger, account, DIME, "a")
    for i in range(100_000):
        assert account.take((f"x{i}", 1), DIME)
        account.release((f"x{i}", 1))
    assert account.held_nano == DIME


def test_a_cost_that_is_about_to_be_booked_makes_room(ledger, account):
    """Calls one after the other, each of which holds nearly all there is and costs next to
    nothing: none is refused because the one before it is not booked yet."""
    for index in range(50):
        assert draw(ledger, account, 9 * DIME, f"c{index}").refused is None
        close(ledger, f"c{index}", "0.0001")
