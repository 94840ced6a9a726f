"""How long a month's summary takes over a ledger of a million rows, beside the same sums by plain
SQL over the rows.

    python benchmarks/postgres/summary.py [rows]
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [
    str(HERE.parents[1] / "plugins/voicegw-postgres/tests"),
    str(HERE.parent / "ledger"),
]

from server import Server
from workload import calls

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import costs, latency, logs, open_reader, period_named
from voicegw_postgres.engine import postgres_engine

MONTH = datetime(2026, 10, 15, tzinfo=UTC)
START_US = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp()) * 1_000_000
MONTH_US = 31 * 86_400_000_000
PART = 50_000


def fill(url: str, count: int) -> float:
    """Seconds it took."""
    step = MONTH_US // count
    began = time.monotonic()
    ledger = open_ledger(url, engine_factory=postgres_engine)
    for part in range(0, count, PART):
        size = min(PART, count - part)
        for record in calls(size, start_us=START_US + part * step, step_us=step, seed=part + 1):
            ledger.append(record)
        while ledger.stats().queued:
            time.sleep(0.01)
    assert ledger.stats().lost == 0
    ledger.close()
    return time.monotonic() - began


def median_ms(work) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = Server()
    with tempfile.TemporaryDirectory() as spool:
        os.environ["VOICEGW_SPOOL_DIR"] = spool
        try:
            server.start()
            url = server.new_database()
            seconds = fill(url, count)
            server.sql("ANALYZE", url)  # as autovacuum does within a minute
            month = period_named("month", "UTC", MONTH)
            with open_reader(url, engine_factory=postgres_engine) as reader:
                assert costs(reader, month).total.requests == count
                found = {
                    "rows": count,
                    "written_rows_per_s_one_agent": round(count / seconds),
                    "month_summary_ms": median_ms(lambda: costs(reader, month, sessions=0)),
                    "month_summary_with_sessions_ms": median_ms(lambda: costs(reader, month)),
                    "month_percentiles_ms": median_ms(lambda: latency(reader, month)),
                    "last_50_log_lines_ms": median_ms(lambda: logs(reader)),
                }
                with reader.snapshot() as connection:
                    found["bare_sql_over_the_rows_ms"] = median_ms(
                        lambda: connection.execute(
                            "SELECT project_id, leg_id, COUNT(*), SUM(cost_nano) FROM attempts "
                            "WHERE started_us >= ? AND started_us < ? GROUP BY project_id, leg_id",
                            (month.start_us, month.end_us),
                        )
                    )
            ((size,),) = server.sql("SELECT pg_database_size(current_database())", url)
            found["bytes_per_row_on_disk"] = round(size / count)
        finally:
            server.remove()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
