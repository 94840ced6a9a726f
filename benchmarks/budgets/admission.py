"""What admission costs in the agent's thread, and how long a call takes to make with it.

    python benchmarks/budgets/admission.py

Calls come ten at a time, fifty times a second: in the steady state (a lease or a stock of permits
is in hand), and where money is scarce and every call is one transaction. Wall-clock time, with the
ledger's thread writing beside it. Exit code 1 if a goal is missed.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from voicegateway import inference
from voicegateway.authoring.counters import DeclaredTerms
from voicegateway.middleware.admission import Admission
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.call import Call, Leg, Scope
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.middleware.rate_limiter import LimitPolicy, RateLimiter
from voicegateway.pricing.overrides import Rate
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.limits import Limit
from voicegateway.storage.models import AttemptClosed, AttemptOpened, new_call_id
from voicegateway.testing import FakeProvider, FakeTTS, drain
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import Modality, PriceQuote, Unit

CALLS, BURST, PAUSE_SECONDS = 5000, 10, 0.02
SCARCE_CALLS = 100
PROJECT_NAMES = tuple(f"p{index}" for index in range(8))
TEXT = "x" * 40
LEG = Leg("acme", "m", Modality.TTS)
TERMS = DeclaredTerms()  # one for all, as all calls on one object have
GOALS_US = {"steady": (10.0, 100.0), "scarce": (None, 5000.0)}
RATES = {Unit.CHARACTERS: Rate(Decimal("0.00003"))}
PLAIN = "projects: {default: {}}"
HELD = "projects: {default: {daily_budget: 100000, budget_action: block}}"


def new_call(project: str) -> Call:
    return Call(
        new_call_id(), LEG, Scope(project), "batch", None, 5.0, TERMS, input_count=len(TEXT)
    )


def percentiles(times: list[int]) -> tuple[float, float]:
    """p50 and p99 in microseconds, of nanoseconds."""
    times.sort()
    return times[len(times) // 2] / 1e3, times[int(len(times) * 0.99)] / 1e3


def report(name: str, times: list[int], kind: str | None) -> bool:
    p50, p99 = percentiles(times)
    good, goals = True, ""
    if kind is not None:
        pairs = [(p50, GOALS_US[kind][0]), (p99, GOALS_US[kind][1])]
        good = all(goal is None or seen <= goal for seen, goal in pairs)
        wanted = " / ".join("-" if goal is None else f"{goal:g}" for _, goal in pairs)
        goals = f"   goal {wanted}: {'ok' if good else 'MISSED'}"
    print(f"{name:42} p50 {p50:8.1f} µs   p99 {p99:8.1f} µs{goals}", flush=True)
    return good


def close(ledger: Ledger, call: Call, price: PriceQuote) -> None:
    attempt = upcoming(call, 1)
    ledger.append(AttemptOpened(attempt, call.held_nano))
    ledger.append(
        AttemptClosed(attempt, "completed", {}, "measured", "unverifiable", price, None, 1.0)
    )


def admitted(ledger: Ledger, gate: Admission, projects: Sequence[str], calls: int) -> list[int]:
    """What `admit` takes, with calls that come and go."""
    price, times = PriceQuote(Decimal("0.0001")), []
    for project in projects:
        for index in range(calls):
            call = new_call(project)
            begun = time.perf_counter_ns()
            gate.admit(call)
            times.append(time.perf_counter_ns() - begun)
            close(ledger, call, price)
            gate.done(call)
            if index % BURST == 0:
                time.sleep(PAUSE_SECONDS)
    return times


def budgets(ledger: Ledger, dollars: int, cost: str) -> BudgetEnforcer:
    price = PriceQuote(Decimal(cost))
    caps = Caps(daily_nano=dollars * 10**9)

    names = ("default", *PROJECT_NAMES)
    policies = {name: BudgetPolicy(name, caps, "block", "bound") for name in names}
    return BudgetEnforcer(ledger, policies.get, Estimator(lambda *_: price), upcoming)


def steady(folder: Path) -> bool:
    ledger = open_ledger(folder / "steady.db")
    gate = Admission(budgets(ledger, 100_000, "0.001"), None)
    admitted(ledger, gate, ["default"], 100)
    good = report("budget, steady", admitted(ledger, gate, ["default"], CALLS), "steady")
    limits = (LimitPolicy(Limit("acme", 1_000_000), "acme", "rate_limits.acme"),)
    gate = Admission(None, RateLimiter(ledger, lambda *_: limits))
    admitted(ledger, gate, ["default"], 100)
    good &= report("rate limit, steady", admitted(ledger, gate, ["default"], CALLS), "steady")
    ledger.close()
    return good


def scarce(folder: Path) -> bool:
    """So many others have a lease that a fair share of what is left pays for no call."""
    path = folder / "scarce.db"
    ledger = open_ledger(path)
    ledger.start()
    ledger.flush()
    gate = Admission(budgets(ledger, 100, "0.5"), None)
    for project in PROJECT_NAMES:
        gate.admit(new_call(project))
    crowd(path)
    good = report("budget, scarce", admitted(ledger, gate, PROJECT_NAMES, SCARCE_CALLS), "scarce")
    ledger.close()
    return good


def crowd(path: Path) -> None:
    with sqlite3.connect(path, timeout=10) as db:
        db.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 400) "
            "INSERT INTO processes (id, host, pid, opened_us, lease_until_us) "
            "SELECT 1000 + i, 'elsewhere', i, 0, 4102444800000000 FROM n"
        )
        db.execute(
            "INSERT INTO budget_leases SELECT p.id, 1000 + n.i, 1 FROM projects p, "
            "(SELECT id - 1000 AS i FROM processes WHERE id > 1000) n"
        )
        db.execute("UPDATE budget_leases SET amount_nano = 500000000 WHERE process_id < 1000")


async def made(name: str, folder: Path, config: str | None) -> None:
    """A whole call on a metered voice, beside the same on a native one."""
    if config is None:
        report(name, await calls(FakeTTS(streaming=False)), None)
        return
    with plugin_bench(folder, config) as plugins:
        plugins.install("acme", FakeProvider(rates=RATES))
        report(name, await calls(inference.TTS("acme/tone-1", streaming=False)), None)


async def calls(tts: FakeTTS) -> list[int]:
    times = []
    for index in range(600):
        begun = time.perf_counter_ns()
        stream = tts.synthesize(TEXT)
        took = time.perf_counter_ns() - begun
        await drain(stream)
        if index >= 100:
            times.append(took)
        await asyncio.sleep(PAUSE_SECONDS / BURST)
    return times


async def synthesize(folder: Path) -> None:
    await made("synthesize(), native", folder, None)
    await made("synthesize(), metered", Path(tempfile.mkdtemp(dir=folder)), PLAIN)
    await made("synthesize(), metered and budgeted", Path(tempfile.mkdtemp(dir=folder)), HELD)


def main() -> int:
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(synthesize(folder))
        gc.collect()
        gc.freeze()
        good = steady(folder)
        good &= scarce(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
