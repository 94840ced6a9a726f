"""Forgets quarter-hours that are older than three days; the days stay for ever."""

from __future__ import annotations

from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.days import QUARTER_US
from voicegateway.storage.schema import get_meta, set_meta

__all__ = ["KEPT_QUARTERS", "first_quarter", "prune_quarters"]

KEPT_QUARTERS: Final = 3 * 96
_META: Final = "first_quarter"


def first_quarter(stored: str | None) -> int:
    """The first quarter-hour whose sums are complete; of earlier ones only attempts tell."""
    return -(2**62) if stored is None else int(stored)


def prune_quarters(book: Book) -> None:
    """Does nothing more than one read unless a quarter-hour has passed since the last time."""
    connection = book.connection
    horizon = connection.now_us() // QUARTER_US - KEPT_QUARTERS
    if first_quarter(get_meta(connection, _META)) >= horizon:
        return
    with book.writing():
        for table in ("rollup_quarters", "latency_quarters"):
            connection.change(f"DELETE FROM {table} WHERE quarter < ?", (horizon,))  # noqa: S608 - our own names
        set_meta(connection, _META, str(horizon))
