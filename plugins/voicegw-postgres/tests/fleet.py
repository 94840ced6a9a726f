"""Processes that write to one PostgreSQL ledger, for tests and the benchmark.

Run as a program it is one of them: it takes its orders, one line of JSON, from standard input,
because a command line shows everybody the password."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.storage.models import AttemptOpened
from voicegateway.testing.conformance.records import many
from voicegw_postgres.engine import postgres_engine


class Agent:
    """One process. `seed` tells its attempts from those of others."""

    def __init__(self, url: str, seed: int, count: int, *, rate: float = 0, task: str = "write"):
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self.tell({"url": url, "seed": seed, "count": count, "rate": rate, "task": task})

    def tell(self, message: object) -> None:
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def hear(self) -> object:
        line = self._process.stdout.readline()
        assert line, self._process.communicate()[1]
        return json.loads(line)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> str:
        """Waits for it; what it wrote to standard error."""
        _, said = self._process.communicate(timeout=180)
        assert self._process.returncode == 0, said
        return said


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    ledger = open_ledger(orders["url"], engine_factory=postgres_engine)
    ended = many(orders["count"], seed=orders["seed"], step_us=10)
    say("ready")
    sys.stdin.readline()
    if orders["task"] == "hold":
        hold(ledger, ended)
    began = time.perf_counter()
    for index, record in enumerate(ended):
        ledger.append(AttemptOpened(record.attempt, 1000))
        ledger.append(record)
        if orders["rate"]:
            time.sleep(max(0.0, began + index / orders["rate"] - time.perf_counter()))
    durable = ledger.flush(150)
    until_written(ledger)
    stats = ledger.stats()
    say([durable, stats.committed, stats.lost, time.perf_counter() - began])
    ledger.close()


def hold(ledger: Ledger, ended: list) -> None:
    """Says how many records are durable, and does nothing more until it is killed."""
    for record in ended:
        ledger.append(record)
    durable = ledger.flush(60)
    say([durable, ledger.stats().committed, ledger.stats().spooled])
    sys.stdin.readline()


def until_written(ledger: Ledger) -> None:
    deadline = time.monotonic() + 150
    while ledger.stats().queued and time.monotonic() < deadline:
        time.sleep(0.01)


def say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
