"""How long it takes to price a million rows anew and write a new quote for each.

    python benchmarks/ledger/reprice.py [rows]          (default: 1000000)

`alike`: the rows are copies of two thousand, as most of text-to-speech and much of speech-to-text
is in a month. `unlike`: no two rows of a language model have the same units. `again`: the same
once more, when nothing changes. The rates are those of a catalog file, every one of them changed.
"""

from __future__ import annotations

import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import reads

from voicegateway.core.contract import load_plugin
from voicegateway.core.provider import Provider
from voicegateway.hookspecs import hookimpl
from voicegateway.pricing.catalog import Catalog, read_catalog
from voicegateway.reconcile.quotations import Rates
from voicegateway.reconcile.repricing import Repricing, reprice
from voicegateway.storage.queries import open_reader
from voicegateway.storage.targets import engine_for

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


class Plugin:
    """All providers of the workload."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @hookimpl
    def price_usage(self, model, modality, usage, terms):
        return self._catalog.quote(model, modality, usage, terms)


def catalog() -> Catalog:
    text = "".join(
        ENTRY.format(models='", "'.join(models), modality=modality, rates=rates)
        for modality, (models, rates) in PLACES.items()
    )
    return read_catalog(text, "benchmark")


def run(path: Path, rates: Rates) -> tuple[Repricing, float, float]:
    begin, spent = time.perf_counter(), time.process_time()
    with open_reader(path) as reader:
        done = reprice(reader, engine_for(path), rates, reads.MONTH)
    return done, time.perf_counter() - begin, time.process_time() - spent


def make_unlike(path: Path) -> None:
    """Rows of their own for every attempt with tokens."""
    db = sqlite3.connect(path)
    db.execute("UPDATE attempts SET input_tokens = input_tokens + rowid * 1000000 "
               "WHERE input_tokens IS NOT NULL")  # fmt: skip
    db.execute("DELETE FROM requotes")
    db.commit()
    db.close()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    provider = Provider("bench", "bench", "1", load_plugin("bench", Plugin(catalog())))
    rates = Rates(lambda _name: provider, lambda *_question: None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        reads.build(path, rows)
        for name in ("alike", "again", "unlike"):
            if name == "unlike":
                make_unlike(path)
            done, took, spent = run(path, rates)
            changed = sum(one.changed for one in done.models.values())
            times = f"{took:6.1f} s, {spent:.1f} s of a CPU"
            print(f"{name:8} {rows} rows, {changed} new quotes: {times}", flush=True)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"at most {most:.0f} MB, the making of the ledger included")


if __name__ == "__main__":
    main()
