"""Processes that share nothing but a PostgreSQL server keep one cap, also while it restarts."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from server import PASSWORD, Server

from voicegateway.storage.budgets import Caps, Draw
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.limits import Limit, Permit
from voicegateway.storage.models import Attempt, AttemptClosed, AttemptOpened
from voicegateway.testing.conformance.place import until
from voicegateway.types import Modality, PriceQuote
from voicegw_postgres.engine import postgres_engine

PROGRAM = Path(__file__).parent / "spend.py"
CAP, CALL = 20_000_000_000, 10_000_000
_STATE = """
SELECT (SELECT CAST(COALESCE(SUM(cost_nano), 0) AS BIGINT) FROM rollup_days),
       (SELECT CAST(COALESCE(SUM(amount_nano), 0) AS BIGINT) FROM budget_leases),
       (SELECT COUNT(*) FROM open_attempts)
"""


class Watcher:
    """Looks at the database all the time: what is settled and leased, together, at one moment."""

    def __init__(self, url: str, cap: int) -> None:
        self.over: list[tuple[int, int]] = []
        self.most = self.looks = 0
        self._url, self._cap = url, cap
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    self._look(connection)
            except psycopg.Error:  # it restarts, or has no tables yet
                time.sleep(0.05)

    def _look(self, connection: psycopg.Connection) -> None:
        while not self._stop.wait(0.005):
            settled, leased, _ = connection.execute(_STATE).fetchone()
            self.looks += 1
            self.most = max(self.most, settled + leased)
            if settled + leased > self._cap:
                self.over.append((settled, leased))


def state(url: str) -> tuple[int, int, int]:
    with psycopg.connect(url) as connection:
        return connection.execute(_STATE).fetchone()


class Spender:
    """A process that spends until it is told to stop. What it says: moment, and `made` or why
    not."""

    def __init__(self, url: str, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._process.stdin.write(f"{url} {CAP} {CALL} {seed}\n")
        self._process.stdin.flush()

    def end(self) -> list[tuple[float, str]]:
        said, errors = self._process.communicate("stop\n", timeout=60)
        assert self._process.returncode == 0, errors
        assert PASSWORD not in errors + said
        lines = [line.split(" ", 1) for line in said.splitlines()]
        return [(float(at), what) for at, what in lines]


def test_eight_processes_keep_one_cap_through_a_restart(server: Server, url: str) -> None:
    deadlocks = server.deadlocks()
    watcher = Watcher(url, CAP)
    spenders = [Spender(url, seed) for seed in range(8)]
    try:
        until(lambda: watcher.looks and state(url)[0] > CAP // 20, 60)
        server.stop()
        stopped = time.time()
        time.sleep(6)
        started = time.time()
        server.start()
        until(lambda: state(url)[0] > CAP - CALL, 90)
    finally:
        said = [spender.end() for spender in spenders]
        watcher.end()
    assert watcher.over == []
    everything = [line for lines in said for line in lines]
    made = [at for at, what in everything if what == "made"]
    assert len(made) * CALL <= CAP
    away = [at for at in made if stopped < at < started]
    assert away  # from leases in hand
    assert max(away) < stopped + 5  # and no longer than they are certain to be its own
    why = Counter(what for at, what in everything if stopped + 5 < at < started)
    assert why
    assert all("not made for project 'shop'" in one for one in why)
    settled, leased, still_open = state(url)
    assert CAP - CALL < settled <= CAP
    assert (leased, still_open) == (0, 0)
    assert server.deadlocks() <= deadlocks


def attempt(call_id: str, project: str) -> Attempt:
    now = time.time_ns() // 1000
    return Attempt(call_id, 1, now, project, None, "p", "m", Modality.LLM)


def closed(call_id: str, project: str, nano: int) -> AttemptClosed:
    from voicegateway.storage.models import usd

    quote = PriceQuote(usd(nano))
    return AttemptClosed(
        attempt(call_id, project), "completed", {}, "measured", "unverifiable", quote, None, 1.0
    )


def hammer(ledger: Ledger, seed: int, spent: Counter[str]) -> None:
    """Draws of all sizes in three projects, closed at once, later, or never."""
    chance = random.Random(seed)
    running: list[tuple[str, str, int]] = []
    for index in range(60):
        project, need = f"p{chance.randrange(3)}", chance.randrange(1, 300)
        account = ledger.accounts.open(project, Caps(daily_nano=2000, monthly_nano=2500))
        name = f"{seed}-{index}"
        draw = Draw(account, need, (name, 1), AttemptOpened(attempt(name, project), need))
        ledger.obtain(draw, 20)
        if draw.refused is None:
            running.append((name, project, chance.randrange(need + 1)))
        chance.shuffle(running)
        while running and chance.random() < 0.6:
            name, project, nano = running.pop()
            spent[project] += nano
            ledger.append(closed(name, project, nano))
    for name, project, nano in running:
        spent[project] += nano
        ledger.append(closed(name, project, nano))


@pytest.mark.parametrize("seed", [1, 2])
def test_overlapping_draws_never_lease_too_much(server: Server, url: str, seed: int) -> None:
    deadlocks = server.deadlocks()
    ledgers = [open_ledger(url, engine_factory=postgres_engine) for _ in range(6)]
    spent = [Counter() for _ in ledgers]
    threads = [
        threading.Thread(target=hammer, args=(ledger, seed * 100 + number, spent[number]))
        for number, ledger in enumerate(ledgers)
    ]
    watcher = Watcher(url, 3 * 2000)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        assert ledger.flush(30)
        assert not any(account.held_nano for account in ledger.accounts.all())
        ledger.close()
    watcher.end()
    assert watcher.over == []
    assert watcher.looks
    total = sum(spent, Counter())
    assert max(total.values()) <= 2000
    assert state(url) == (total.total(), 0, 0)
    assert server.deadlocks() == deadlocks


def test_one_limit_for_all_and_no_stream_forgotten(server: Server, url: str) -> None:
    ledgers = [open_ledger(url, engine_factory=postgres_engine) for _ in range(4)]
    kept: Counter[int] = Counter()

    def ask(ledger: Ledger, number: int) -> None:
        for index in range(40):
            permit = Permit(Limit("acme", None, 5), stream=True)
            ledger.obtain(permit, 20)
            assert permit.refused in (None, "streams")
            if permit.refused is None and index % 8:
                ledger.stream_ended("acme")
            elif permit.refused is None:
                kept[number] += 1

    threads = [
        threading.Thread(target=ask, args=(ledger, number)) for number, ledger in enumerate(ledgers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def counted() -> int:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT SUM(streams) FROM rate_streams").fetchone()[0]

    until(lambda: counted() == kept.total())
    assert 0 < kept.total() <= 5
    for ledger in ledgers:
        ledger.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT COUNT(*) FROM rate_streams").fetchone() == (0,)
