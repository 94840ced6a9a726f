"""From a spool into a writer's queue, a little ahead of the writer."""

from __future__ import annotations

from typing import Final

from voicegateway.storage.spool.pieces import Piece, Source
from voicegateway.storage.writer import FlushMark, Queue

__all__ = ["Pump"]

_AHEAD: Final = 5000
"""Records: so many that the writer sees a backlog for what it is."""


class Pump:
    """Behind each piece goes a mark, by which the source learns that it is in the database."""

    def __init__(self, source: Source, queue: Queue) -> None:
        self._source = source
        self._queue = queue

    def fill(self) -> None:
        """Raises what the source raises."""
        while len(self._queue) < _AHEAD:
            piece = self._source.take()
            if piece is None:
                return
            self._queue.extend(piece.records)
            self._queue.append(_Landmark(self._source, piece))


class _Landmark(FlushMark):
    __slots__ = ("_piece", "_source")

    def __init__(self, source: Source, piece: Piece) -> None:
        super().__init__()
        self._source = source
        self._piece = piece

    def reached(self) -> None:
        self._source.done(self._piece)
