"""How long the reads take on 100 thousand, 1 million and 10 million attempts of one month.

    python benchmarks/ledger/reads.py [rows ...]        (default: 100000 1000000)

`bare` is the same question asked of the attempts themselves, in plain SQL.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import workload

from voicegateway.storage.days import Days, zone_named
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import (
    Reader,
    between,
    costs,
    latency,
    logs,
    open_reader,
    session_receipt,
    sessions,
)
from voicegateway.storage.rebuild import rebuild_days
from voicegateway.storage.targets import engine_for

MONTH = between(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), "UTC")
ROWS_A_SESSION = 60
CHUNK = 250_000


def build(path: Path, rows: int) -> None:
    """A ledger as the writer would have left it, made by SQL in a fraction of the time."""
    ledger = open_ledger(path)
    span = MONTH.end_us - MONTH.start_us
    for record in workload.calls(2000, start_us=MONTH.start_us, step_us=span // 2000):
        ledger.append(record)  # every project, leg and rate card, and rows to copy
    ledger.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -200000")
    indices = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'attempts' "
        "AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indices:
        db.execute(f"DROP INDEX {name}")
    multiply(db, rows, span)
    for _, sql in indices:
        db.execute(sql)
    db.close()
    connection = engine_for(path).connect()
    connection.begin_exclusive()
    rebuild_days(connection, Days(zone_named("UTC")))
    connection.commit()
    connection.close()


def multiply(db: sqlite3.Connection, rows: int, span: int) -> None:
    """Copies the attempts until there are enough, each copy at its own time with latencies and
    costs of its own, sixty of them a session."""
    columns = [row[1] for row in db.execute("PRAGMA table_info(attempts)")]
    changed = {
        "call_id": "printf('%026d', n)",
        "attempt": "1",
        "started_us": f"{MONTH.start_us} + n * {span // rows}",
        "session_id": f"n / {ROWS_A_SESSION} + 1",
        "project_id": f"n / {ROWS_A_SESSION} % 5 + 1",
        "cost_nano": "t.cost_nano + abs(random()) % 100000",
        "ttfb_us": "t.ttfb_us + abs(random()) % 300000",
        "duration_us": "t.duration_us + abs(random()) % 900000",
    }
    db.execute("BEGIN")
    db.execute("CREATE TEMP TABLE seed AS SELECT row_number() OVER () - 1 AS k, * FROM attempts")
    db.execute("DELETE FROM attempts")
    db.execute("DELETE FROM sessions")
    db.execute("CREATE UNIQUE INDEX temp.seed_k ON seed (k)")
    chosen = ", ".join(changed.get(name, f"t.{name}") for name in columns)
    for begin in range(0, rows, CHUNK):
        db.execute(
            "WITH RECURSIVE c(n) AS (VALUES (?) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ?) "
            f"INSERT INTO attempts SELECT {chosen} FROM c JOIN seed t ON t.k = (n * 7919) % 2000",
            (begin, min(rows, begin + CHUNK)),
        )
    db.execute(
        "INSERT INTO sessions SELECT DISTINCT session_id, 'RM_' || session_id, 1 FROM attempts"
    )
    db.execute("COMMIT")


def timed(work: Callable[[], object], times: int = 7) -> float:
    """Milliseconds, the median; the first run, which reads the pages in, is left out."""
    work()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return sorted(taken)[times // 2]


def once(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def measure(path: Path, reader: Reader) -> list[tuple[str, float, float | None]]:
    db = sqlite3.connect(path)
    db.execute("PRAGMA cache_size = -16000")
    sums = "count(*), sum(cost_nano), sum(audio_seconds), sum(characters), sum(input_tokens)"
    within = f"FROM attempts WHERE started_us >= {MONTH.start_us} AND started_us < {MONTH.end_us}"
    last = random.Random(1).randrange(10) + 1
    first = open_reader(path)
    cold = once(lambda: costs(first, MONTH))
    first.close()
    bare_sum = once(
        lambda: db.execute(
            f"SELECT project_id, leg_id, {sums} {within} GROUP BY project_id, leg_id"
        ).fetchall()
    )
    bare_sessions = once(
        lambda: db.execute(f"SELECT session_id, {sums} {within} GROUP BY session_id").fetchall()
    )
    bare_p95 = once(
        lambda: sorted(
            db.execute(f"SELECT leg_id, ttfb_us {within}").fetchall(), key=lambda row: row[1] or 0
        )
    )
    db.close()
    return [
        ("month's summary without sessions",
         timed(lambda: costs(reader, MONTH, sessions=0)), bare_sum),
        ("month's summary, 1000 costliest sessions",
         timed(lambda: costs(reader, MONTH)), bare_sum + bare_sessions),
        ("  the same, first thing after opening", cold, None),
        ("month's summary of one project", timed(
            lambda: costs(reader, MONTH, project="booking", sessions=0)), None),
        ("month's percentiles", timed(lambda: latency(reader, MONTH)), bare_p95),
        ("newest 50 rows", timed(lambda: logs(reader)), None),
        ("newest 50 of a project", timed(lambda: logs(reader, project="survey")), None),
        ("newest 50 of a modality", timed(lambda: logs(reader, modality="llm")), None),
        ("newest 50 failed", timed(lambda: logs(reader, outcome="failed")), None),
        ("newest 50 sessions", timed(lambda: sessions(reader)), None),
        ("receipt of a session", timed(lambda: session_receipt(reader, f"RM_{last}")), None),
    ]  # fmt: skip


def main() -> None:
    for rows in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.db"
            begin = time.perf_counter()
            build(path, rows)
            made = time.perf_counter() - begin
            print(f"{rows} attempts, {rows // ROWS_A_SESSION} sessions (made in {made:.0f} s)")
            with open_reader(path) as reader:
                for name, ours, bare in measure(path, reader):
                    beside = "" if bare is None else f"   bare {bare:9.1f} ms"
                    print(f"  {name:42} {ours:8.2f} ms{beside}")


if __name__ == "__main__":
    main()
