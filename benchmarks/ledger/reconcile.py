"""A month of a ledger against a vendor's export of as many lines as a large customer has.

    python benchmarks/ledger/reconcile.py [attempts] [lines]        (default: 1000000 100000)

The goal is 5 s and 300 MB. `bare` reads the same CSV and adds up its columns with `Decimal`.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from multiprocessing import Process
from pathlib import Path

import reads

from voicegateway.core.provider import Provider, load_plugin
from voicegateway.reconcile.comparison import reconcile
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.queries import open_reader, usage_by_leg

VENDOR = "west"
"""Of three billed units; the other models of the ledger are other vendors'."""


class Silent:
    """A plugin without a reader of its own: the export is in our columns."""

    from voicegateway import hookimpl

    @hookimpl
    def price_usage(self):
        return None


def write_export(path: Path, ledger: Path, lines: int) -> None:
    """The ledger's sums, split evenly over lines of a minute or so."""
    with open_reader(ledger) as reader:
        sums = [one for one in usage_by_leg(reader, reads.MONTH) if one.leg.provider == VENDOR]
    leg, cost = sums[0].leg, sum(one.sum.known_nano for one in sums)
    units = defaultdict(Decimal)
    for one in sums:
        for unit, amount in one.sum.units.items():
            units[unit] += amount
    start = datetime_of_us(reads.MONTH.start_us)
    step = timedelta(microseconds=(reads.MONTH.end_us - reads.MONTH.start_us) // lines)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["start", "end", "model", "modality", *units, "cost_usd"])
        values = [amount / lines for amount in units.values()]
        share = Decimal(cost) / lines / 1_000_000_000
        texts = [f"{amount:.6f}" for amount in [*values, share]]
        for number in range(lines):
            begin = start + step * number
            times = [begin.isoformat(), (begin + step).isoformat()]
            out.writerow([*times, leg.model, leg.modality.value, *texts])


def measure(ledger: Path, export: Path) -> None:
    """In a process of its own, for its memory alone."""
    provider = Provider(VENDOR, "voicegw-west", "1.0", load_plugin(VENDOR, Silent()))
    begin, worked = time.perf_counter(), time.process_time()
    with open_reader(ledger) as reader:
        found = reconcile(reader, provider, reads.MONTH, [export])
    took, worked = time.perf_counter() - begin, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    drift = max(abs(row.drift or 0) for row in found.rows)
    print(f"  reconcile: {took:.2f} s ({worked:.2f} s of one core), peak {peak:.0f} MB")
    print(f"  {len(found.rows)} rows, worst drift {drift:.4f} %, {len(found.flagged)} flagged")
    begin = time.perf_counter()
    sums = defaultdict(Decimal)
    with export.open(newline="") as file:
        for row in csv.DictReader(file):
            for name, text in row.items():
                if name not in {"start", "end", "model", "modality"}:
                    sums[row["model"], name] += Decimal(text)
    print(f"  bare: {time.perf_counter() - begin:.2f} s for the export alone")


def make(ledger: Path, export: Path, attempts: int, lines: int) -> None:
    reads.build(ledger, attempts)
    write_export(export, ledger, lines)


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        return measure(Path(sys.argv[2]), Path(sys.argv[3]))
    counts = [int(text) for text in sys.argv[1:]]
    attempts, lines = [*counts, *(1_000_000, 100_000)[len(counts) :]]
    with tempfile.TemporaryDirectory() as folder:
        ledger, export = Path(folder) / "x.db", Path(folder) / "export.csv"
        # Built by another process too: a child's peak is at least its parent's.
        build = Process(target=make, args=(ledger, export, attempts, lines))
        build.start()
        build.join()
        print(f"{attempts} attempts, {lines} lines", flush=True)
        command = [sys.executable, __file__, "--measure", str(ledger), str(export)]
        subprocess.run(command, check=True)
    return None


if __name__ == "__main__":
    main()
