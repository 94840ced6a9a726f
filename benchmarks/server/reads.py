"""How long the server's answers take over 1,000,000 requests of this month, while another process
writes 500 a second; how soon the server answers at all; and what it weighs when nobody asks.

    python benchmarks/server/reads.py [rows]

Prints each figure beside its limit, and exits 1 if one is passed.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ledger"))

import reads as ledger_reads
import workload

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import between

PATHS = (
    "/v1/costs?period=month",
    "/v1/latency?period=month",
    "/v1/logs?limit=50",
    "/metrics",
    "/v1/costs/series?period=month",
    "/v1/latency/series?period=month",
    "/v1/sessions",
    "/v1/projects",
    "/v1/status",
)
LIMITED = PATHS[:4]
ANSWER_MS, START_SECONDS, IDLE_MB = 100.0, 1.5, 150.0
TIMES = 100
RATE = 500
SERVE = "from voicegateway.cli.commands import main; main()"


def compiled(folder: Path) -> None:
    """Modules are compiled once, as an installer leaves them."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def write(path: Path) -> None:
    """Closes `RATE` requests a second, until it is stopped."""
    chance = random.Random(1)
    with_now = {"start_us": time.time_ns() // 1000, "step_us": 1_000_000 // RATE}
    ledger = open_ledger(path)
    began = time.perf_counter()
    for count, attempt in enumerate(workload.attempts(10**9, **with_now, seed=11)):
        ledger.append(workload.closed(attempt, chance))
        ahead = count / RATE - (time.perf_counter() - began)
        if ahead > 0.02:
            time.sleep(ahead)


class Server:
    """`voicegw serve` on a port of its own."""

    def __init__(self, config: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        arguments = ["serve", "--config", str(config), "--port", str(self.port)]
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *arguments], stderr=subprocess.DEVNULL
        )
        while not self._answers():
            time.sleep(0.005)
        self.start_seconds = time.perf_counter() - begin

    def _answers(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> tuple[int, int]:
        connection = self.connection()
        try:
            return ask(connection, path)
        finally:
            connection.close()

    def idle_mb(self) -> float:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, int]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, len(response.read())


def measure(server: Server, path: str) -> tuple[float, float, int]:
    """Median and p95 in milliseconds, and bytes of the last answer."""
    connection = server.connection()
    ask(connection, path)
    taken, size = [], 0
    for _ in range(TIMES):
        begin = time.perf_counter()
        status, size = ask(connection, path)
        taken.append((time.perf_counter() - begin) * 1000)
        assert status == 200, (path, status)
        time.sleep(0.01)
    connection.close()
    return statistics.median(taken), sorted(taken)[round(len(taken) * 0.95) - 1], size


def main(rows: int) -> bool:
    fine = True
    now = datetime.now(UTC)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ledger_reads.MONTH = between(first, now, "UTC")
    with tempfile.TemporaryDirectory() as folder:
        path, config = Path(folder) / "voicegw.db", Path(folder) / "voicegw.yaml"
        config.write_text(f"cost_tracking: {{db_path: {path}}}\n")
        os.environ.pop("VOICEGW_DB_PATH", None)
        compiled(Path(folder) / "bytecode")
        ledger_reads.build(path, rows)
        Server(config).stop()
        starts = []
        for _ in range(5):
            server = Server(config)
            starts.append(server.start_seconds)
            time.sleep(1)
            idle = server.idle_mb()
            server.stop()
        start = statistics.median(starts)
        print(f"start to the first /health  {start:.2f} s (limit {START_SECONDS} s)")
        print(f"memory when nobody asks     {idle:.0f} MB (limit {IDLE_MB:.0f} MB)")
        fine &= start < START_SECONDS and idle < IDLE_MB
        server = Server(config)
        writer = subprocess.Popen([sys.executable, __file__, "--write", str(path)])
        time.sleep(3)
        try:
            print(f"{rows:,} requests, {RATE} a second being written:")
            for asked in PATHS:
                middle, most, size = measure(server, asked)
                limit = f" (limit {ANSWER_MS:.0f} ms)" if asked in LIMITED else ""
                print(f"  {asked:33} p50 {middle:6.1f}  p95 {most:6.1f} ms{limit}  {size:,} bytes")
                fine &= most < ANSWER_MS or asked not in LIMITED
            print(f"memory after that           {server.idle_mb():.0f} MB")
        finally:
            writer.terminate()
            writer.wait(30)
            server.stop()
    return fine


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]))
    else:
        sys.exit(0 if main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000) else 1)
