"""Processes that make as many requests as one limit lets them: never more than it, and nearly all.

    python benchmarks/budgets/limits.py [SECONDS]

Exit code 1 if any window saw more than the limit allows in it, or the whole less than 95 %.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from bisect import bisect_left
from pathlib import Path

from voicegateway.storage.limits.buckets import LATE_US, burst_of, interval_us

PROGRAM = Path(__file__).parents[2] / "core/tests/budgets/programs/request.py"
PROCESSES = 8
PER_MINUTE = (60, 600, 6000)
SPANS = (1, 5, 15, 60)
"""Seconds. Of a minute no more than the limit; of less, a burst and what is refilled meanwhile."""


def moments(per_minute: int, seconds: float) -> list[float]:
    """When all processes made their requests."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = [Path(folder) / "ledger.db", per_minute, seconds]
        running = [
            subprocess.Popen(
                [sys.executable, PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, text=True
            )
            for _ in range(PROCESSES)
        ]
        outputs = [one.communicate()[0] for one in running]
    assert [one.returncode for one in running] == [0] * PROCESSES
    return sorted(float(line) for output in outputs for line in output.split())


def allowed(per_minute: int, span: int) -> float:
    if span == 60:
        return per_minute
    return burst_of(per_minute) + (span * 1e6 + LATE_US) / interval_us(per_minute)


def most_in(times: list[float], span: int) -> int:
    """Requests in the fullest window."""
    return max(bisect_left(times, start + span) - index for index, start in enumerate(times))


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    failed = False
    print(f"{PROCESSES} processes, {seconds:g} s")
    for per_minute in PER_MINUTE:
        times = moments(per_minute, seconds)
        most = {span: most_in(times, span) for span in SPANS}
        over = [span for span in SPANS if most[span] > allowed(per_minute, span)]
        share = len(times) / (per_minute * (times[-1] - times[0]) / 60 + 1)
        failed |= bool(over) or share < 0.95
        windows = ", ".join(f"{most[span]} in {span} s" for span in SPANS)
        verdict = "ok" if not over and share >= 0.95 else f"FAILED {over or ''}"
        print(f"{per_minute:5} a minute: {share:.1%} of it; most {windows}: {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
