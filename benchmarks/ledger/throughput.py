"""Durable records a second from one process, beside plain sqlite3 doing the same work.

    python benchmarks/ledger/throughput.py [records]

`bare` is what one would write by hand for this one machine: the same tables, indices, rollups and
latency buckets, rows made from the same records, `executemany` in transactions of the same size,
no queue, no thread, no check for duplicates, nothing about processes.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from math import log
from pathlib import Path

import workload

from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptClosed
from voicegateway.types import Unit

GROUP = 512
UNITS = list(Unit)
OUTCOMES = {"completed": 1, "cancelled": 2, "failed": 3}
COLUMNS = (
    "call_id, attempt, started_us, project_id, leg_id, session_id, outcome, unit_basis, verdict, "
    "cost_nano, ttfb_us, duration_us, speech_id, fallback_from, error, vendor_request_id, "
    "process_id, held_nano, rate_card_id, quote, " + ", ".join(UNIT_COLUMNS)
)


Taken = tuple[float, float]
"""Seconds by the clock, and of processor time."""


def clocks() -> Taken:
    return time.perf_counter(), time.process_time()


def since(begin: Taken) -> Taken:
    now = clocks()
    return now[0] - begin[0], now[1] - begin[1]


def ours(path: Path, records: list[AttemptClosed]) -> Taken:
    ledger = open_ledger(path)
    begin = clocks()
    for record in records:
        ledger.append(record)
    assert ledger.flush()
    took = since(begin)
    assert ledger.stats().committed == len(records)
    ledger.close()
    return took


class Bare:
    """Plain sqlite3."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=OFF"):
            self.db.execute(f"PRAGMA {pragma}")
        self.ids: dict[object, int] = {}

    def key(self, *name: object) -> int:
        return self.ids.setdefault(name, len(self.ids) + 1)

    def row(self, record: AttemptClosed) -> tuple:
        about, quote = record.attempt, record.quote
        cost = None if quote.amount_usd is None else round(quote.amount_usd * 10**9)
        units: list[int | None] = [None] * len(UNITS)
        for unit, amount in record.units.items():
            units[UNITS.index(unit)] = int(amount * 1_000_000)
        lines = ";".join(f"{line.quantity}~{line.billed}~{line.amount_usd}" for line in quote.lines)
        card = self.key(quote.source, quote.source_url, quote.as_of, str(quote.lines[:0]))
        return (
            about.call_id, about.attempt, about.started_us, self.key("p", about.project),
            self.key(about.provider, about.model), self.key("s", about.session_id),
            OUTCOMES[record.outcome], 0, 0, cost,
            None if record.ttfb_ms is None else round(record.ttfb_ms * 1000),
            round(record.duration_ms * 1000), record.speech_id, about.fallback_from, record.error,
            record.vendor_request_id, 1, None, card, lines, *units,
        )  # fmt: skip

    def write(self, records: list[AttemptClosed]) -> None:
        rows = [self.row(record) for record in records]
        sums: dict[str, dict] = {
            name: defaultdict(lambda: [0] * 16) for name in ("days", "quarters", "sessions")
        }
        counts: dict[str, dict] = {name: defaultdict(int) for name in ("days", "quarters")}
        for row in rows:
            day, quarter = row[2] // 86_400_000_000, row[2] // 900_000_000
            for name, key in (
                ("days", (day, row[3], row[4], row[6])),
                ("quarters", (quarter, row[3], row[4], row[6])),
                ("sessions", (day, row[5], row[3])),
            ):
                total = sums[name][key]
                total[0] += 1
                total[1] += row[9] is None
                total[2] += row[9] or 0
                for index, value in enumerate(row[20:], 3):
                    if value is not None:
                        total[index] += value
            for measure, value in enumerate(row[10:12]):
                if value:
                    bucket = int(log(value) / log(1.02))
                    counts["days"][(day, row[4], measure, bucket)] += 1
                    counts["quarters"][(quarter, row[4], measure, bucket)] += 1
        self.db.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * 33)
        self.db.executemany(f"INSERT INTO attempts ({COLUMNS}) VALUES ({marks})", rows)
        for name, table in sums.items():
            self.add(f"rollup_{name}", [(*key, *values) for key, values in table.items()])
        for name, table in counts.items():
            self.add(f"latency_{name}", [(*key, count) for key, count in table.items()])
        self.db.execute("COMMIT")

    def add(self, table: str, rows: list[tuple]) -> None:
        info = self.db.execute(f"PRAGMA table_info({table})").fetchall()
        keys = [column[1] for column in info if column[5]]
        values = [column[1] for column in info if not column[5]]
        sets = ", ".join(f"{name} = coalesce({name}, 0) + excluded.{name}" for name in values)
        self.db.executemany(
            f"INSERT INTO {table} VALUES ({', '.join('?' * len(info))}) "
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}",
            rows,
        )


def bare(path: Path, records: list[AttemptClosed]) -> Taken:
    ledger = open_ledger(path)  # only to make the tables
    ledger.append(records[0])
    ledger.close()
    plain = Bare(path)
    begin = clocks()
    for start in range(1, len(records), GROUP):
        plain.write(records[start : start + GROUP])
    took = since(begin)
    plain.db.close()
    return took


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{count} attempts of live calls; load {os.getloadavg()[0]:.1f}")
    best: dict[str, Taken] = {"ours": (9e9, 9e9), "bare": (9e9, 9e9)}
    for turn in range(3):
        records = workload.calls(count, seed=turn)
        for name, run in (("ours", ours), ("bare", bare)):
            with tempfile.TemporaryDirectory() as folder:
                took = run(Path(folder) / "x.db", records)
            best[name] = min(best[name], took)
            cpu = took[1] / count * 1e6
            print(f"  {name}: {count / took[0]:8,.0f} records/s, {cpu:5.1f} us of processor each")
    ratio = best["ours"][0] / best["bare"][0]
    print(f"ours takes {ratio:.2f}x as long as bare (best of three)")


if __name__ == "__main__":
    main()
