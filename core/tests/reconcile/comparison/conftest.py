from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import bookkeeping

from voicegateway.reconcile.comparison import reconcile
from voicegateway.storage.queries import open_reader


@pytest.fixture
def compare(tmp_path):
    """`compare(calls, lines)` writes a ledger and an export and reconciles them."""

    def comparing(made, *exports, plugin=None, period=bookkeeping.PERIOD, **options):
        path = bookkeeping.write_ledger(tmp_path / "ledger.db", made)
        files = [
            lines
            if isinstance(lines, Path)
            else bookkeeping.write_export(tmp_path / f"export-{number}.json", lines)
            for number, lines in enumerate(exports)
        ]
        options.setdefault("now", bookkeeping.NOW)
        with open_reader(path) as reader:
            return reconcile(reader, bookkeeping.provider(plugin), period, files, **options)

    return comparing
