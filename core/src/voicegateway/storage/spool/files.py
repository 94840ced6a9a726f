"""The segments of one process: appended to at one end, read and removed at the other."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from voicegateway.storage.spool.folders import OwnedFolder, SpoolFolder
from voicegateway.storage.spool.pieces import Position
from voicegateway.storage.spool.segments import FRESH, SegmentFile, frames_from, segment_path

__all__ = ["SpoolFiles", "SpoolFullError"]

_SEGMENT: Final = 4_000_000
_WORN: Final = 250_000
"""A larger segment of which everything is in the database makes room for a new one, so that
there is little to read again after a crash."""
_AT_ONCE: Final = 250_000
"""Bytes that are read together."""
_AGAIN_SECONDS: Final = 1.0


class SpoolFullError(Exception):
    """The spool has reached its limit."""


class SpoolFiles:
    """Not for two threads at once, except that `read` may run beside `append`."""

    def __init__(self, folder: SpoolFolder, *, limit: int, power: bool) -> None:
        self.end: Position = (0, 0)
        self._folder = folder
        self._limit = limit
        self._power = power
        self._room = min(_SEGMENT, max(limit // 8, 4096))
        self._owned: OwnedFolder | None = None
        self._segment: SegmentFile | None = None
        self._oldest = 1
        self._number = 0
        self._failed: tuple[float, Exception] | None = None

    def append(self, payload: bytes) -> None:
        """Raises `SpoolFullError`, or `OSError` if the disk does not take it; both are then
        raised again for a second without trying."""
        if self._failed is not None and time.monotonic() < self._failed[0]:
            raise self._failed[1]
        try:
            segment = self._writable()
            segment.append(payload)
        except (OSError, SpoolFullError) as error:
            self._failed = (time.monotonic() + _AGAIN_SECONDS, error)
            raise
        self._failed = None
        self.end = (segment.number, segment.size)

    def read(self, at: Position, upto: Position) -> tuple[list[bytes], Position]:
        """Some of the payloads from `at` on and where they end. None of them, and an end in a
        later segment, if the rest of this one cannot be read."""
        number, offset = at
        found: list[bytes] = []
        size = 0
        with suppress(FileNotFoundError):  # everything in it was done with
            for payload, after in frames_from(self._path(number), offset):
                if (number, after) > upto:
                    break
                found.append(payload)
                size, offset = size + len(payload), after
                if size >= _AT_ONCE:
                    break
        if not found and number < upto[0]:
            return [], (number + 1, FRESH)
        return found, (number, offset)

    def forget(self, upto: Position) -> None:
        """Removes what lies before, as far as whole files can be removed."""
        segment = self._segment
        if segment is not None and upto == self.end and segment.size > _WORN:
            segment.close()
            self._segment = None
            upto = (upto[0] + 1, 0)
        while self._owned is not None and self._oldest < upto[0]:
            with suppress(OSError):
                self._path(self._oldest).unlink()
            self._oldest += 1

    def close(self, *, keep: bool) -> None:
        """Keeps what is there for another process, or leaves nothing behind."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None
        owned, self._owned = self._owned, None
        if owned is None:
            return
        if not keep:
            with suppress(OSError):  # then the next process finds nothing to do in it
                self._folder.remove(owned)
        owned.lock.release()

    def _path(self, number: int) -> Path:
        assert self._owned is not None  # something was appended
        return segment_path(self._owned.path, number)

    def _writable(self) -> SegmentFile:
        segment = self._segment
        if segment is not None and not segment.closed and segment.size < self._room:
            return segment
        if self._folder.size() + self._room > self._limit:
            raise SpoolFullError(f"has {self._limit / 1_000_000:g} MB waiting")
        if self._owned is None:
            self._owned = self._folder.claim()
        if segment is not None:
            segment.close()
        self._number += 1
        self._segment = SegmentFile(self._owned.path, self._number, power=self._power)
        return self._segment
