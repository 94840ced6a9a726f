"""Kills a writing process again and again, and looks for what it lost.

    python benchmarks/ledger/crash.py [times]        (default: 100)

`bare` is what a program that writes to sqlite3 itself, a transaction every hundred rows, has on
disk of what it had been told was committed: everything, as it should be for us as well.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workload

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptOpened
from voicegateway.types import Modality

COMPLETED, ABANDONED = {1, 2, 3}, {4}


def attempt(name: str, number: int) -> Attempt:
    about = (name, "acme", "chat-1", Modality.LLM)
    return Attempt(f"{name}-{number}", 1, time.time_ns() // 1000, "default", *about)


def write_for_ever(path: Path, name: str) -> None:
    """In the process that is killed. Every fifth attempt is opened and never closed."""
    ledger, chance, number = open_ledger(path), random.Random(1), 0
    while True:
        for _ in range(100):
            about = attempt(name, number)
            ledger.append(AttemptOpened(about, 1000))
            if number % 5:
                ledger.append(workload.closed(about, chance))
            number += 1
        assert ledger.flush()
        print(number, flush=True)


def write_bare_for_ever(path: Path, name: str) -> None:
    db, number = sqlite3.connect(path, isolation_level=None, timeout=10), 0
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE IF NOT EXISTS t (id TEXT)")
    while True:
        db.execute("BEGIN IMMEDIATE")
        for _ in range(100):
            db.execute("INSERT INTO t VALUES (?)", (f"{name}-{number}",))
            number += 1
        db.execute("COMMIT")
        print(number, flush=True)


def killed(path: Path, name: str, how: str, seconds: float) -> int:
    """Runs a writer for a moment and kills it; returns how many attempts it said are kept."""
    arguments = [sys.executable, __file__, how, str(path), name]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read().rpartition("\n")[0].split()
    return int(rest[-1] if rest else first)


def settle(path: Path) -> None:
    """Opens the ledger once more, as the next process would, until nothing is open."""
    ledger = open_ledger(path)
    ledger.start()
    db = sqlite3.connect(path, timeout=10)
    while not ledger.flush() or db.execute("SELECT COUNT(*) FROM open_attempts").fetchone()[0]:
        time.sleep(0.01)
    db.close()
    ledger.close()


def check(path: Path, name: str, kept: int) -> tuple[int, int]:
    """(attempts that were flushed and are missing, open ones that were not settled)."""
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    outcomes = dict(db.execute("SELECT call_id, outcome FROM attempts"))
    (rolled,) = db.execute("SELECT SUM(attempts) FROM rollup_days").fetchone()
    assert rolled == len(outcomes), "the rollups say something else than the rows"
    db.close()
    missing = unsettled = 0
    for number in range(kept):
        wanted = COMPLETED if number % 5 else ABANDONED
        if outcomes.get(f"{name}-{number}") not in wanted:
            missing += number % 5 != 0
            unsettled += number % 5 == 0
    return missing, unsettled


def main(times: int) -> None:
    chance = random.Random(3)
    missing = unsettled = bare_missing = flushed = 0
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(times):
            seconds, name = chance.uniform(0, 0.3), f"run{turn}"
            path = Path(folder) / f"{turn // 10}.db"
            kept = killed(path, name, "--write", seconds)
            settle(path)
            lost, left = check(path, name, kept)
            missing, unsettled, flushed = missing + lost, unsettled + left, flushed + kept
            if turn % 10 == 0:
                plain = Path(folder) / f"bare{turn}.db"
                said = killed(plain, name, "--write-bare", seconds)
                db = sqlite3.connect(plain)
                bare_missing += max(0, said - db.execute("SELECT COUNT(*) FROM t").fetchone()[0])
                db.close()
    print(f"{times} kills, {flushed} attempts that had been flushed: {missing} missing, ")
    print(f"  {unsettled} open ones not settled as abandoned (bare: {bare_missing} missing)")
    sys.exit(1 if missing or unsettled else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write_for_ever(Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1:2] == ["--write-bare"]:
        write_bare_for_ever(Path(sys.argv[2]), sys.argv[3])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
