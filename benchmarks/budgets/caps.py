"""Whether a cap of $1.00 holds for calls of $0.10: many calls at once in one process, calls that
are cancelled, and processes of which some are killed with -9.

    python benchmarks/budgets/caps.py --seeds 20

Exit code 1 if any claim fails. With `--quick`, fewer cancelled calls and one seed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from voicegateway import inference
from voicegateway.errors import BudgetExceededError
from voicegateway.pricing.overrides import Rate
from voicegateway.storage.ledger import Ledger
from voicegateway.testing import FakeProvider, drain
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import Unit

PROGRAM = Path(__file__).parents[2] / "core/tests/budgets/programs/spend.py"
CAP, CALL = 1_000_000_000, 100_000_000
PROCESSES, KILLED, LEASE_SECONDS = 16, 5, 5
SECONDS = 2 + 2 * LEASE_SECONDS
UNSEEN_SECONDS = 0.05
TEXT = "x" * 10
RATES = {Unit.CHARACTERS: Rate(Decimal("0.01"))}
CONFIG = """
default_project: shop
projects: {shop: {daily_budget: "1.00", budget_action: block, estimate: bound}}
observability: {request_logging: false}
"""
STATE = """
SELECT (SELECT COALESCE(SUM(cost_nano), 0) FROM rollup_days),
       (SELECT COALESCE(SUM(amount_nano), 0) FROM budget_leases),
       (SELECT COUNT(*) FROM open_attempts)
"""


@dataclass
class Found:
    """What one seed showed. Nano-dollars."""

    most: int
    """Settled and leased together, at any look."""
    looks: int
    true: int
    unseen: int
    """Calls that killed processes were admitted to in their last moments."""
    recorded: int
    leased: int
    still_open: int

    def claims(self) -> list[tuple[str, bool]]:
        return [
            ("settled and leased never above the cap", self.most <= CAP),
            ("true spend at most the cap and the unseen calls",
             self.true <= CAP + self.unseen * CALL),
            ("recorded above the cap less one call", CAP - CALL < self.recorded <= CAP),
            ("nothing leased or open after a clean stop", self.leased == self.still_open == 0),
        ]  # fmt: skip


async def at_once(count: int) -> int:
    """How many of so many simultaneous calls are made."""
    tts = inference.TTS("acme/tone-1", streaming=False, delay=0.01)

    async def call() -> int:
        try:
            await drain(tts.synthesize(TEXT))
        except BudgetExceededError:
            return 0
        return 1

    return sum(await asyncio.gather(*[call() for _ in range(count)]))


async def cancelled(count: int, ledger: Ledger) -> tuple[int, int]:
    """How many of so many calls are refused, each being closed before the next is made: because
    of the cap, and because the ledger did not answer a busy machine in time. Now and then the
    ledger may catch up: it is not to lose any for want of room in memory."""
    tts = inference.TTS("acme/tone-1", streaming=False)
    blocked = unanswered = 0
    for index in range(count):
        if index % 5_000 == 0:
            await asyncio.to_thread(ledger.flush)
        try:
            stream = tts.synthesize(TEXT)
        except BudgetExceededError as error:
            because_of_cap = "daily budget" in str(error)
            blocked += because_of_cap
            unanswered += not because_of_cap
            await asyncio.sleep(0.01)
        else:
            await stream.aclose()
    return blocked, unanswered


async def in_process(folder: Path, cancel: int) -> bool:
    with plugin_bench(folder, CONFIG) as plugins:
        plugins.install("acme", FakeProvider(rates=RATES))
        begun = time.perf_counter()
        ledger = plugins.gateway.storage
        assert ledger is not None
        blocked, unanswered = await cancelled(cancel, ledger)
        took = time.perf_counter() - begun
        await plugins.rows()
        made = await at_once(200)
        await plugins.rows()
        with sqlite3.connect(plugins.ledger) as db:
            settled, leased, still_open = db.execute(STATE).fetchone()
    print(f"{cancel} cancelled calls, {took / cancel * 1e6:.0f} µs each: {blocked} blocked")
    if unanswered:
        print(f"({unanswered} refused since the ledger did not answer within half a second)")
    print(f"then 200 at once: {made} made, ${settled / 1e9:.2f} settled, {still_open} open")
    return (made, settled, still_open, leased, blocked) == (10, CAP, 0, 0, 0)


def one_seed(folder: Path, seed: int) -> Found:
    chance = random.Random(seed)
    go, trace = folder / "go", folder / "trace"
    arguments = [folder / "ledger.db", trace, "1.00", "0.10"]
    running = [
        subprocess.Popen(
            [sys.executable, PROGRAM, *map(str, arguments), str(seed * 100 + index), str(SECONDS),
             str(go), "0.3"],
            stderr=subprocess.DEVNULL,
        )
        for index in range(PROCESSES)
    ]  # fmt: skip
    looks: list[int] = []
    killed: dict[int, float] = {}
    try:
        until_all_wait(folder, running)
        go.touch()
        for victim in chance.sample(running, KILLED):
            look(folder, time.monotonic() + chance.uniform(0, 0.2), looks)
            victim.kill()
            killed[victim.pid] = time.time()
            victim.wait()
        while any(one.poll() is None for one in running):
            look(folder, time.monotonic() + 0.1, looks)
        assert sorted(one.returncode for one in running) == [-9] * KILLED + [0] * (
            PROCESSES - KILLED
        )
    finally:
        for one in running:
            one.kill()
            one.wait()
    lines = [line.split() for line in trace.read_text().splitlines()]
    unseen = [
        pid for at, pid, _ in lines if float(at) >= killed.get(int(pid), 1e12) - UNSEEN_SECONDS
    ]
    with sqlite3.connect(folder / "ledger.db") as db:
        recorded, leased, still_open = db.execute(STATE).fetchone()
    return Found(
        max(looks), len(looks), len(lines) * CALL, len(unseen), recorded, leased, still_open
    )


def until_all_wait(folder: Path, running: list[subprocess.Popen[bytes]]) -> None:
    """All have opened the ledger."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(0.1)
        try:
            with sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True) as db:
                ((count,),) = db.execute("SELECT COUNT(*) FROM processes").fetchall()
        except sqlite3.OperationalError:
            continue
        if count >= len(running):
            return
    raise AssertionError("the processes did not start")


def look(folder: Path, until: float, looks: list[int]) -> None:
    with sqlite3.connect(folder / "ledger.db", timeout=10) as db:
        while time.monotonic() < until:
            settled, leased, _ = db.execute(STATE).fetchone()
            looks.append(settled + leased)
            time.sleep(0.002)


def dollars(nano: int) -> str:
    return f"${nano / 1e9:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    logging.disable(logging.CRITICAL)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        good = asyncio.run(in_process(Path(folder), 2_000 if wanted.quick else 100_000))
        failed += not good
        print("ok" if good else "FAILED", flush=True)
    print(f"\n{PROCESSES} processes, {KILLED} killed; cap $1.00, calls of $0.10")
    print("seed  most settled+leased (looks)   true  unseen  recorded  leased  open")
    for seed in range(1, 1 + (1 if wanted.quick else wanted.seeds)):
        with tempfile.TemporaryDirectory() as folder:
            found = one_seed(Path(folder), seed)
        broken = [claim for claim, holds in found.claims() if not holds]
        failed += bool(broken)
        print(
            f"{seed:4}  {dollars(found.most):>19} ({found.looks:5})  {dollars(found.true)}  "
            f"{found.unseen:6}  {dollars(found.recorded):>8}  {dollars(found.leased):>6}  "
            f"{found.still_open:4}  {'; '.join(broken) or 'ok'}",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
