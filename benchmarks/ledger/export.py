"""How long an export takes, and how much memory: one line a request, of one month.

python benchmarks/ledger/export.py [rows ...]       (default: 100000 1000000 10000000)

Each export runs in a process of its own, so that its peak is its own: flat, if it is the same for
ten and a hundred times the rows.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

import reads

from voicegateway.reconcile.exporting import export_costs
from voicegateway.storage.queries import open_reader


def measure(path: Path, out: Path, form: str) -> None:
    begin, spent = time.perf_counter(), time.process_time()
    with open_reader(path) as reader:
        count = export_costs(reader, reads.MONTH, out, form=form)
    took, cpu = time.perf_counter() - begin, time.process_time() - spent
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} rows as {form:8} {took:6.1f} s, {cpu:.1f} s of a CPU, "
          f"peak {most:.0f} MB", flush=True)  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        return measure(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    forms = ["csv", "json"] + ["parquet"] * (importlib.util.find_spec("pyarrow") is not None)
    for rows in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000, 10_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "x.db", Path(folder) / "out"
            # Built by another process too: a child's peak is at least its parent's.
            build = Process(target=reads.build, args=(path, rows))
            build.start()
            build.join()
            for form in forms:
                command = [sys.executable, __file__, "--measure", str(path), str(out), form]
                subprocess.run(command, check=True)
    return None


if __name__ == "__main__":
    main()
