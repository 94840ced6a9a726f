"""Forgets quarter-hours that are older than three days; the days stay for ever."""

from __future__ import annotations

from typing import Final

from voicegateway.storage.book import Book
from voicegateway.storage.days import QUARTER_US
from voicegateway.storage.schema import FIRST_QUARTER, first_complete_quarter, set_meta

__all__ = ["prune_quarters"]

_KEPT: Final = 3 * 96


def prune_quarters(book: Book) -> None:
    """Does nothing more than one read unless a quarter-hour has passed since the last time."""
    connection = book.connection
    horizon = connection.now_us() // QUARTER_US - _KEPT
    if first_complete_quarter(connection) >= horizon:
        return
    with book.writing():
        for table in ("rollup_quarters", "latency_quarters"):
            connection.change(f"DELETE FROM {table} WHERE quarter < ?", (horizon,))  # noqa: S608 - our own names
        set_meta(connection, FIRST_QUARTER, str(horizon))
