"""How long an append takes, how soon a record is durable, and what the agent's loop feels.

    python benchmarks/ledger/lag.py [seconds]

`bare` beside `append` is appending to a list; beside the loop's delay, the same loop with nobody
writing; beside the commit lag, the same file written in the caller's thread, one transaction each.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import workload

from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.models import AttemptClosed

TICK = 0.01


def percentile(values: list[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def show(name: str, values: list[float], unit: float, word: str) -> None:
    shown = "  ".join(f"p{p:g} {percentile(values, p) / unit:8.2f}" for p in (50, 99, 99.9))
    print(f"  {name:44} {shown}  max {max(values) / unit:8.2f} {word}")


def appending(ledger: Ledger, records: list[AttemptClosed], pause: float) -> list[float]:
    taken = []
    for record in records:
        begin = time.perf_counter()
        ledger.append(record)
        taken.append(time.perf_counter() - begin)
        if pause:
            time.sleep(pause)
    return taken


def listing(records: list[AttemptClosed]) -> list[float]:
    kept, taken = [], []
    for record in records:
        begin = time.perf_counter()
        kept.append(record)
        taken.append(time.perf_counter() - begin)
    return taken


def committing(ledger: Ledger, records: list[AttemptClosed], rate: int) -> list[float]:
    """From append to durable. The writer's count of committed records, which grows in the order
    of the appends, is looked at every 2 ms, so a lag may be shown that much too long; looking more
    often takes the interpreter from the writer."""
    gc.collect()
    gc.freeze()  # or the collector stops everybody to walk over records nobody would still have
    begin = time.perf_counter()
    appended: list[float] = []
    lags: list[float] = []
    base = ledger.stats().committed
    while len(lags) < len(records):
        now = time.perf_counter()
        while len(appended) < len(records) and len(appended) / rate <= now - begin:
            ledger.append(records[len(appended)])
            appended.append(time.perf_counter())
        done = ledger.stats().committed - base
        now = time.perf_counter()
        lags += [now - at for at in appended[len(lags) : done]]
        time.sleep(0.002)
    return lags


def committing_bare(folder: Path, count: int) -> list[float]:
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)")
    taken = []
    for number in range(count):
        begin = time.perf_counter()
        db.execute("INSERT INTO t (a, b) VALUES ('x', ?)", (number,))
        taken.append(time.perf_counter() - begin)
    db.close()
    return taken


async def ticking(seconds: float, delays: list[float]) -> None:
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        await asyncio.sleep(TICK)
        delays.append(time.perf_counter() - begin - TICK)


async def feeding(ledger: Ledger, records: list[AttemptClosed], rate: int) -> None:
    begin, sent = time.perf_counter(), 0
    while sent < len(records):
        due = int((time.perf_counter() - begin) * rate)
        for record in records[sent:due]:
            ledger.append(record)
        sent = max(sent, due)
        await asyncio.sleep(0.005)


async def loop_delay(ledger: Ledger | None, seconds: float, rate: int) -> list[float]:
    delays: list[float] = []
    work = [ticking(seconds, delays)]
    if ledger is not None:
        work.append(feeding(ledger, workload.calls(int(seconds * rate)), rate))
    await asyncio.gather(*work)
    return delays


@contextmanager
def fresh(folder: Path) -> Iterator[Ledger]:
    ledger = open_ledger(folder / f"{time.time_ns()}.db")
    for record in workload.calls(200, seed=99):
        ledger.append(record)
    ledger.flush()
    yield ledger
    ledger.close()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = workload.calls(50_000)
        print("append")
        with fresh(folder) as ledger:
            show("in a loop", appending(ledger, records, 0), 1e-6, "us")
        show("in a loop, bare", listing(records), 1e-6, "us")
        with fresh(folder) as ledger:
            paced = appending(ledger, records[: int(50 * seconds)], 0.02)
        show("50 a second", paced, 1e-6, "us")
        print("commit lag")
        for rate in (100, 1_000, 10_000):
            part = workload.calls(int(rate * seconds), seed=rate)
            for _ in range(3 if rate == 10_000 else 1):
                with fresh(folder) as ledger:
                    show(f"{rate} a second", committing(ledger, part, rate), 1e-3, "ms")
        show("one transaction a row, bare", committing_bare(folder, 2000), 1e-3, "ms")
        print("delay of an event loop")
        show("nobody writes, bare", asyncio.run(loop_delay(None, seconds, 0)), 1e-3, "ms")
        for rate in (1_000, 5_000):
            with fresh(folder) as ledger:
                delays = asyncio.run(loop_delay(ledger, seconds, rate))
            show(f"{rate} rows a second", delays, 1e-3, "ms")


if __name__ == "__main__":
    main()
