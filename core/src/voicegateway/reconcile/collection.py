"""The garbage collector, where a process makes many objects, and none that only it could free."""

from __future__ import annotations

import gc

__all__ = ["collect_less"]


def collect_less() -> None:
    """Looking through them at the usual pace takes a fifth of the time of pricing a row. For
    processes of our own: it stays so until the process ends."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
