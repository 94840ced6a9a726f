"""What goes from a spool to the database, a piece at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voicegateway.storage.models import LedgerRecord

__all__ = ["Piece", "Position", "Source"]

Position = tuple[int, int]
"""Segment and byte."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Records that come one after the other. `start` is where the piece before ended."""

    records: Sequence[LedgerRecord]
    start: Position
    end: Position
    before: int = 0
    """How many records ever went to the disk before these."""
    missing: int = 0
    """Records between the two that the disk spoilt."""

    @property
    def on_disk(self) -> bool:
        """False for one that is in memory alone: it takes no room."""
        return self.start != self.end


class Source(Protocol):
    """Where a shipper gets pieces from."""

    def take(self) -> Piece | None:
        """The next piece, in order; None if there is none now."""

    def done(self, piece: Piece) -> None:
        """The piece is in the database. Called in the order they were taken."""
