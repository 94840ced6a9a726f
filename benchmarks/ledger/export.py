"""How long an export takes, and how much memory: one line a request, of one month.

python benchmarks/ledger/export.py [rows ...]       (default: 100000 1000000 10000000)
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import tempfile
import time
from pathlib import Path

import reads

from voicegateway.reconcile.exporting import export_costs
from voicegateway.storage.queries import open_reader


def main() -> None:
    forms = ["csv", "json"] + ["parquet"] * (importlib.util.find_spec("pyarrow") is not None)
    for rows in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000, 10_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.db"
            reads.build(path, rows)
            for form in forms:
                begin, spent = time.perf_counter(), time.process_time()
                with open_reader(path) as reader:
                    count = export_costs(reader, reads.MONTH, Path(folder) / "out", form=form)
                took, cpu = time.perf_counter() - begin, time.process_time() - spent
                most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{count} rows as {form:8} {took:6.1f} s, {cpu:.1f} s of a CPU, "
                      f"at most {most:.0f} MB since the start", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
