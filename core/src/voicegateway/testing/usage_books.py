"""A ledger that has what a vendor's export says, and the two compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from voicegateway.core.provider import Provider
from voicegateway.reconcile.comparison import Reconciliation, reconcile
from voicegateway.storage.days import us_of_datetime
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed
from voicegateway.storage.queries import between, open_reader
from voicegateway.types import Modality, PriceQuote, UsageLine

__all__ = ["compared", "write_books"]

_AFTER: Final = timedelta(minutes=1)


def write_books(path: Path, provider: Provider, files: Sequence[Path]) -> None:
    """An attempt a line that has units, a minute after the line's bucket begins, without a price;
    of text-to-speech where the line does not say."""
    ledger = open_ledger(path)
    try:
        lines = [line for file in files for line in provider.read_usage_export(file) or ()]
        for number, line in enumerate(lines):
            if line.units:
                ledger.append(_attempt(number, provider.id, line))
        if not ledger.flush(10):
            raise AssertionError("the ledger was not written within 10 s")
    finally:
        ledger.close()


def compared(
    ledger: Path, provider: Provider, start: datetime, end: datetime, files: Sequence[Path]
) -> Reconciliation:
    with open_reader(ledger) as reader:
        return reconcile(reader, provider, between(start, end, "UTC"), files, force=True)


def _attempt(number: int, provider: str, line: UsageLine) -> AttemptClosed:
    modality = line.modality or Modality.TTS
    started = us_of_datetime(line.start + _AFTER)
    about = Attempt(f"{number:026d}", 1, started, "default", None, provider, line.model, modality)
    quote = PriceQuote(None, confidence="unknown")
    return AttemptClosed(about, "completed", line.units, "reported", "confirmed", quote, 1.0, 2.0)
