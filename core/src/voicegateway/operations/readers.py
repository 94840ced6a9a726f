"""A few readers that many threads take turns with."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from voicegateway.storage.queries import Reader

__all__ = ["Readers"]

_MOST: Final = 4
"""Reads are mostly Python's own work, so more connections would not make them faster."""


class Readers:
    """Opened when first needed, and kept. The last one that was given back is taken first: its
    cache is warm."""

    def __init__(self, open_reader: Callable[[], Reader], most: int = _MOST) -> None:
        self._open = open_reader
        self._closed = False
        self._free: queue.LifoQueue[Reader | None] = queue.LifoQueue()
        for _ in range(most):
            self._free.put(None)

    @contextmanager
    def one(self) -> Iterator[Reader]:
        """Waits for one. Raises `LedgerError` if it cannot be opened."""
        reader = self._free.get()
        try:
            reader = reader or self._open()
            yield reader
        finally:
            if self._closed and reader is not None:
                reader.close()
            self._free.put(reader)

    def close(self) -> None:
        """Idempotent. A reader that is in use is closed when it is given back."""
        self._closed = True
        for _ in range(self._free.qsize()):
            try:
                reader = self._free.get_nowait()
            except queue.Empty:
                return
            if reader is not None:
                reader.close()
            self._free.put(None)
