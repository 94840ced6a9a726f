"""How long /metrics takes to make with 1,000,000 rows while 500 rows a second are written.

python benchmarks/ledger/metrics.py [rows]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from prometheus_client.exposition import generate_latest
from reads import build

from voicegateway.core.schema import GatewayConfig
from voicegateway.server.metrics.collector import LedgerCollector
from voicegateway.storage.queries import open_reader

SCRAPES = 100
WRITER = """
import sys, time, pathlib
sys.path.insert(0, sys.argv[2])
import workload
from voicegateway.storage.ledger import open_ledger
ledger = open_ledger(pathlib.Path(sys.argv[1]))
begin = time.perf_counter()
for number, record in enumerate(workload.calls(60_000, start_us=time.time_ns() // 1000)):
    ledger.append(record)
    time.sleep(max(0.0, begin + number / 500 - time.perf_counter()))
"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        build(path, rows)
        here = str(Path(__file__).parent)
        with (
            subprocess.Popen([sys.executable, "-c", WRITER, str(path), here]) as writer,
            open_reader(path) as reader,
        ):
            time.sleep(2)
            collector = LedgerCollector(lambda: nullcontext(reader), GatewayConfig)
            took = []
            for _ in range(SCRAPES):
                begin = time.perf_counter()
                text = generate_latest(collector)
                took.append((time.perf_counter() - begin) * 1000)
                time.sleep(0.2)
            writer.kill()
    later = sorted(took[1:])
    p95 = later[int(len(later) * 0.95)]
    print(f"{rows} rows, {len(text) / 1000:.0f} kB: first {took[0]:.0f} ms, then median "
          f"{statistics.median(later):.1f} ms, p95 {p95:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
