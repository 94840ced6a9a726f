"""Eight agents write at once to one PostgreSQL server; beside them, in the same run, eight bare
psycopg programs insert the same rows into the same table with the same indices and no rollups.

    python benchmarks/postgres/fleet_rate.py [rows an agent]
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "plugins/voicegw-postgres/tests"), str(HERE.parent / "ledger")]

import psycopg
from server import Server
from workload import calls

AGENTS = 8
BATCH = 2000


def ours(url: str, seed: int, count: int, ready, begin, results) -> None:
    from voicegateway.storage.ledger import open_ledger
    from voicegw_postgres.engine import postgres_engine

    records = calls(count, seed=seed)
    ledger = open_ledger(url, engine_factory=postgres_engine, queue_limit=count + 1)
    ledger.append(calls(1, seed=seed + 1000)[0])  # connected, and known to the server
    assert ledger.flush(60)
    ready.wait()
    begin.wait()
    started, cpu = time.monotonic(), time.process_time()
    for record in records:
        ledger.append(record)
    while ledger.stats().queued:
        time.sleep(0.005)
    assert ledger.stats().lost == 0
    results.put((started, time.monotonic(), time.process_time() - cpu))
    ledger.close()


def bare(url: str, seed: int, count: int, ready, begin, results) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'attempts'::regclass "
                "AND attnum > 0 ORDER BY attnum"
            )
        ]
        (sample,) = connection.execute("SELECT * FROM sample LIMIT 1").fetchall()
        rows = [(f"{seed}-{index:020d}", *sample[1:]) for index in range(count)]
        sql = f"INSERT INTO attempts ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
        ready.wait()
        begin.wait()
        started, cpu = time.monotonic(), time.process_time()
        for at in range(0, count, BATCH):
            with connection.transaction():
                connection.cursor().executemany(sql, rows[at : at + BATCH])
        results.put((started, time.monotonic(), time.process_time() - cpu))


def measure(server: Server, program, url: str, count: int) -> tuple[float, float, float]:
    """Rows a second in all, and CPU microseconds a row of the programs and of the server."""
    context = multiprocessing.get_context("spawn")
    ready, begin, results = context.Barrier(AGENTS + 1), context.Event(), context.Queue()
    agents = [
        context.Process(target=program, args=(url, seed, count, ready, begin, results))
        for seed in range(1, AGENTS + 1)
    ]
    for agent in agents:
        agent.start()
    ready.wait(300)
    before = server.cpu_seconds()
    begin.set()
    spans = [results.get(timeout=600) for _ in agents]
    for agent in agents:
        agent.join()
    seconds = max(end for _, end, _ in spans) - min(start for start, _, _ in spans)
    theirs = server.cpu_seconds() - before
    mine, rows = sum(cpu for _, _, cpu in spans), AGENTS * count
    return rows / seconds, mine / rows * 1e6, theirs / rows * 1e6


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    server = Server()
    try:
        server.start()
        url = server.new_database()
        with tempfile.TemporaryDirectory() as spool:
            os.environ["VOICEGW_SPOOL_DIR"] = spool
            rate, cpu, served = measure(server, ours, url, count)
        ((found,),) = server.sql("SELECT COUNT(*) FROM attempts", url)
        ((summed,),) = server.sql("SELECT CAST(SUM(attempts) AS BIGINT) FROM rollup_days", url)
        assert found == summed == AGENTS * (count + 1), (found, summed)
        deadlocks = server.deadlocks()
        server.sql("CREATE TABLE sample AS SELECT * FROM attempts LIMIT 1", url)
        server.sql("TRUNCATE attempts", url)
        plain, plain_cpu, plain_served = measure(server, bare, url, count)
    finally:
        server.remove()
    print(
        json.dumps(
            {
                "agents": AGENTS,
                "rows": AGENTS * count,
                "ours_rows_per_s": round(rate),
                "ours_cpu_us_per_row": round(cpu),
                "ours_server_cpu_us_per_row": round(served),
                "bare_psycopg_rows_per_s": round(plain),
                "bare_cpu_us_per_row": round(plain_cpu),
                "bare_server_cpu_us_per_row": round(plain_served),
                "deadlocks": deadlocks,
            }
        )
    )


if __name__ == "__main__":
    main()
