"""What starting costs, above bare Python: each figure from fresh processes, in one run.

    python benchmarks/startup.py

Wall time, the smallest of ten, after one run to fill the caches; `voicegw costs` on a ledger of
a million rows that is made first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 10
BARE = "pass"
CLI = "import sys; sys.argv = ['voicegw', *{}]\nfrom voicegateway.cli import main\nmain()"
ROWS = 1_000_000
PLUGINS = 500

FILL = """
import sys, time
from decimal import Decimal
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit

ledger = open_ledger(sys.argv[1])
now, month = time.time_ns() // 1000, 28 * 86_400_000_000
rate = Decimal("0.0000001")
for index in range(int(sys.argv[2])):
    tokens = Decimal(index % 997 + 1)
    line = PriceLine(Unit.OUTPUT_TOKENS, tokens, tokens, rate, Decimal(1), tokens * rate)
    started = now - month + index * (month // int(sys.argv[2]))  # sessions of twenty attempts
    attempt = Attempt(new_call_id(), 1, started, f"project-{index // 20 % 5}",
                      f"ses_{index // 20}", "acme", f"model-{index % 7}", list(Modality)[index % 3])
    ledger.append(AttemptClosed(attempt, "completed", {Unit.OUTPUT_TOKENS: tokens}, "reported",
                                "confirmed", PriceQuote(line.amount_usd, (line,), source="list"),
                                float(index % 700), float(index % 3000)))
    if index % 20_000 == 0:
        ledger.flush()
ledger.flush()
ledger.close()
"""


def fastest(program: str, environment: dict[str, str]) -> float:
    """Milliseconds of wall time."""
    command = [sys.executable, "-c", program]
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        times.append((time.perf_counter() - started) * 1e3)
    return min(times[1:])


def install_plugins(folder: Path) -> None:
    for index in range(PLUGINS):
        info = folder / f"voicegw_fake{index}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: voicegw-fake{index}\nVersion: 1.0\n")
        entry = f"[voicegw.providers]\nfake{index} = fake{index}\n"
        (info / "entry_points.txt").write_text(entry)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = str(folder / "ledger.db")
        rows = sys.argv[1] if len(sys.argv) > 1 else str(ROWS)
        subprocess.run([sys.executable, "-c", FILL, database, rows], check=True)
        plain = {**os.environ, "VOICEGW_DB_PATH": database, "HOME": name}
        (folder / "site").mkdir()
        install_plugins(folder / "site")
        many = {**plain, "PYTHONPATH": str(folder / "site")}
        os.chdir(folder)
        cases = [
            ("import voicegateway", "import voicegateway", plain, 30),
            ("voicegw --help", CLI.format(["--help"]), plain, 250),
            (f"voicegw costs, {int(rows):,} rows", CLI.format(["costs"]), plain, 400),
            ("  the same, --json", CLI.format(["costs", "--json"]), plain, 400),
            (f"voicegw plugins list, {PLUGINS} more", CLI.format(["plugins", "list"]), many, 400),
        ]
        bare = fastest(BARE, plain)
        print(f"{'bare Python':34} {bare:7.0f} ms")
        missed = 0
        for label, program, environment, limit in cases:
            added = fastest(program, environment) - bare
            verdict = "ok" if added <= limit else "MISSED"
            missed += verdict != "ok"
            print(f"{label:34} {added:+7.0f} ms   limit {limit} {verdict}")
        os.chdir("/")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
