from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicegateway.storage.ledger import Ledger, open_ledger

# Tests and the programs they start share `ledger_kit`.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "ledger" / "voicegw.db"


@pytest.fixture
def open_() -> Iterator[Callable[..., Ledger]]:
    """`open_ledger`, closed after the test."""
    opened: list[Ledger] = []

    def opening(target: Path, **options: object) -> Ledger:
        ledger = open_ledger(target, **options)
        opened.append(ledger)
        return ledger

    yield opening
    for ledger in opened:
        ledger.close(timeout=1)


@pytest.fixture
def ledger(open_: Callable[..., Ledger], path: Path) -> Ledger:
    return open_(path)
