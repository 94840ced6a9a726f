"""A million records, a third of them twice and all of them shuffled: are the totals exact? And
how many bytes does an attempt take?

    python benchmarks/ledger/exact.py [attempts]        (default: 400000, 1.04 million records)

`bare` is the size of the same rows in one plain table with the same columns and no index.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import workload

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptClosed, AttemptOpened, nano_usd

AT_ONCE = 100_000
DAYS = 3  # as long as the quarter-hours are kept


def shuffled(ended: list[AttemptClosed]) -> list[AttemptClosed | AttemptOpened]:
    records = [*ended, *workload.opened(ended)]
    records += random.Random(1).sample(records, len(records) * 3 // 10)
    random.Random(2).shuffle(records)
    return records


def bare_size(path: Path, folder: Path) -> int:
    plain = folder / "bare.db"
    db = sqlite3.connect(plain)
    db.execute("ATTACH ? AS ledger", (str(path),))
    db.execute("CREATE TABLE attempts AS SELECT * FROM ledger.attempts")
    db.commit()
    db.close()
    return plain.stat().st_size


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    span = DAYS * 86_400_000_000
    start = time.time_ns() // 1000 - span
    ended = workload.calls(count, start_us=start, step_us=span // count)
    records = shuffled(ended)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x.db"
        ledger = open_ledger(path)
        begin = time.perf_counter()
        for at in range(0, len(records), AT_ONCE):
            for record in records[at : at + AT_ONCE]:
                ledger.append(record)
            assert ledger.flush()
        took = time.perf_counter() - begin
        ledger.close()
        db = sqlite3.connect(path)
        found = db.execute("SELECT COUNT(*), SUM(cost_nano), COUNT(cost_nano) FROM attempts")
        rows = found.fetchone()
        days = db.execute(
            "SELECT SUM(attempts), SUM(cost_nano), SUM(attempts - unpriced) FROM rollup_days"
        ).fetchone()
        db.close()
        costs = [nano_usd(one.quote.amount_usd) for one in ended]
        known = [cost for cost in costs if cost is not None]
        truth = (count, sum(known), len(known))
        size, bare = path.stat().st_size, bare_size(path, Path(name))
    print(f"{len(records)} records about {count} attempts, {len(records) / took:,.0f} a second")
    print(f"  (attempts, nano-dollars, priced)  truth {truth}  rows {rows}  rollups {days}")
    print(f"  {size / count:.0f} bytes an attempt, all included; bare {bare / count:.0f}")
    sys.exit(0 if truth == tuple(rows) == tuple(days) else 1)


if __name__ == "__main__":
    main()
