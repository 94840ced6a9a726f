"""How long `voicegw reprice` takes for a million rows, and how much memory, as a fresh process.

    python benchmarks/ledger/reprice.py [rows]          (default: 1000000)

`alike`: the rows are copies of two thousand, as most of text-to-speech and much of speech-to-text
is in a month. `unlike`: no two rows of a language model have the same units. `every`: no two rows
of anything have. The rates are those of a catalog file, every one of them changed. `bare` reads
the rows with plain `sqlite3` and writes as many. Exits with 1 where the goal is missed.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

import processes
import reads

GOAL_SECONDS = 30.0
"""For a million rows."""
KINDS = ("alike", "unlike", "every")
PLUGIN = """
from voicegateway.hookspecs import hookimpl
from voicegateway.pricing.catalog import packaged_catalog


@hookimpl
def price_usage(model, modality, usage, terms):
    return packaged_catalog("bench_prices").quote(model, modality, usage, terms)
"""
ENTRY = """
[[entry]]
models = ["{models}"]
modality = "{modality}"
rates = [{rates}]
source = "price list of the benchmark"
source_url = "https://example.com"
checked_on = 2026-10-01
"""
LLM = ", ".join(
    f'{{ unit = "{unit}", usd = "{usd}", per = 1000000 }}'
    for unit, usd in (("input_tokens", "0.2"), ("cached_input_tokens", "0.1"),
                      ("output_tokens", "0.7"))
)  # fmt: skip
PLACES = {
    "stt": (["listen-3", "hear-large"], '{ unit = "audio_seconds", usd = "0.0050", per = 60 }'),
    "llm": (["think-mini", "think-70b", "small:3b"], LLM),
    "tts": (["speak-2", "voice-flash"], '{ unit = "characters", usd = "0.06", per = 1000 }'),
}
PROVIDERS = ("north", "east", "west", "south", "local")


def install(folder: Path) -> None:
    """A distribution with a plugin for every provider of the workload."""
    text = "".join(
        ENTRY.format(models='", "'.join(models), modality=modality, rates=rates)
        for modality, (models, rates) in PLACES.items()
    )
    package = folder / "bench_prices"
    package.mkdir()
    (package / "prices.toml").write_text(text)
    info = folder / "voicegw_bench-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voicegw-bench\nVersion: 1.0\n")
    points = [f"{name} = bench_prices.{name}" for name in PROVIDERS]
    (info / "entry_points.txt").write_text("\n".join(["[voicegw.providers]", *points, ""]))
    for name in ("__init__", *PROVIDERS):
        (package / f"{name}.py").write_text("" if name == "__init__" else PLUGIN)


def make_unlike(path: Path, units: tuple[str, ...]) -> None:
    """Quantities of their own for every attempt that has these units."""
    db = sqlite3.connect(path)
    for unit in units:
        db.execute(f"UPDATE attempts SET {unit} = {unit} + rowid * 1000000 "
                   f"WHERE {unit} IS NOT NULL")  # fmt: skip
    db.commit()
    db.close()


def make(folder: Path, rows: int) -> None:
    path = folder / "alike.db"
    reads.build(path, rows)
    for kind, units in (("unlike", ("input_tokens",)),
                        ("every", ("input_tokens", "audio_seconds", "characters"))):  # fmt: skip
        shutil.copy(path, folder / f"{kind}.db")
        make_unlike(folder / f"{kind}.db", units)


def bare(path: Path) -> float:
    """Reads what a price depends on, a few thousand rows at a time, and writes as many quotes."""
    db = sqlite3.connect(path, isolation_level=None)
    begin, after = time.perf_counter(), (0, "", 0)
    sql = ("SELECT started_us, call_id, attempt, leg_id, unit_basis, verdict, rate_card_id, "
           "cost_nano, quote, audio_seconds, characters, input_tokens, cached_input_tokens, "
           "output_tokens FROM attempts WHERE started_us >= ? AND (started_us, call_id, attempt) "
           "> (?, ?, ?) ORDER BY started_us, call_id, attempt LIMIT 4000")  # fmt: skip
    while rows := db.execute(sql, (after[0], *after)).fetchall():
        after = rows[-1][:3]
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO requotes (call_id, attempt, batch_id, cost_nano, rate_card_id, quote) "
            "VALUES (?, ?, 999, ?, 1, ?)",
            [(row[1], row[2], row[7], row[8] or "|u||") for row in rows],
        )
        db.execute("COMMIT")
    took = time.perf_counter() - begin
    db.close()
    return took


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    goal = GOAL_SECONDS * max(1.0, rows / 1_000_000)
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder)
        build = Process(target=make, args=(folder, rows))  # a child's peak is at least its parent's
        build.start()
        build.join()
        for kind in KINDS:
            path = folder / f"{kind}.db"
            command = ["reprice", "--start", "2026-10-01", "--end", "2026-10-31", "--json"]
            done = processes.voicegw(command, VOICEGW_DB_PATH=str(path), PYTHONPATH=name, HOME=name)
            new = processes.answer(done)["changed_requests"]
            verdict = "met" if done.seconds <= goal else "MISSED"
            missed += done.seconds > goal
            print(f"{kind:7} {rows} rows, {new} new quotes: {done}, bare {bare(path):.1f} s; "
                  f"goal {goal:.0f} s {verdict}", flush=True)  # fmt: skip
            for left in folder.glob(f"{kind}.db*"):
                left.unlink()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
