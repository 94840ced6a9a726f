"""The spool of one process: records go in at one end and come out, in order, at the other.

What has just come in is kept in memory too, so that nothing is read back while the database
keeps up. What cannot go to the disk, because it is full or the spool has reached its limit, is
in memory alone, in its place among the others.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

from voicegateway.storage.models import LedgerRecord
from voicegateway.storage.spool.codec import decode, encode
from voicegateway.storage.spool.files import SpoolFiles, SpoolFullError
from voicegateway.storage.spool.folders import SpoolFolder
from voicegateway.storage.spool.pieces import Piece, Position

__all__ = ["Spool"]

_log = logging.getLogger("voicegateway.ledger")

_REMEMBERED: Final = 8192
"""Records kept in memory as well."""


class Spool:
    """For one thread that adds and one that takes."""

    def __init__(self, folder: SpoolFolder, *, limit: int, power: bool) -> None:
        self.lock = threading.Lock()
        """Held while a file is made or written, so that a fork can wait until none is."""
        self.added = 0
        """Records that ever came in."""
        self.settled = 0
        """Records of which nothing is to be done any more."""
        self.unsaved = 0
        """Records in memory alone."""
        self._folder = folder
        self._files = SpoolFiles(folder, limit=limit, power=power)
        self._at: Position = (0, 0)
        self._recent: deque[Piece] = deque()
        self._remembered = 0
        self._saved = 0
        self._saved_by_segment: dict[int, int] = {}
        self._read = 0
        self._told = False

    @property
    def waiting(self) -> int:
        return self.added - self.settled

    def add(self, records: Sequence[LedgerRecord]) -> None:
        """Takes records in, to the disk if that is possible."""
        with self.lock:
            start, before = self._files.end, self._saved
            try:
                self._files.append(encode(records))
            except (TypeError, ValueError, AttributeError):
                self.unsaved += len(records)  # one is none: the database's writer refuses it
            except (OSError, SpoolFullError) as error:
                self.unsaved += len(records)
                self._tell(error)
            else:
                self._told = False
                self._saved += len(records)
                self._saved_by_segment[self._files.end[0]] = self._saved
            self.added += len(records)
            self._remember(Piece(records, start, self._files.end, before))

    def take(self) -> Piece | None:
        """See `Source`."""
        with self.lock:
            if self._recent and self._recent[0].start == self._at:
                piece = self._recent.popleft()
                self._remembered -= len(piece.records) if piece.on_disk else 0
                return self._taken(piece)
            upto, before = self._files.end, self._saved
            if self._recent:
                upto, before = self._recent[0].start, self._recent[0].before
        if self._at == upto:
            return None
        return self._taken(self._read_back(upto, before))

    def done(self, piece: Piece) -> None:
        """See `Source`."""
        with self.lock:
            self.settled += len(piece.records) + piece.missing
            if piece.on_disk:
                self._files.forget(piece.end)
            else:
                self.unsaved -= len(piece.records)

    def forsake(self) -> int:
        """Lets go of what is in memory alone; returns how many records that is."""
        with self.lock:
            unsaved, self.unsaved = self.unsaved, 0
            self.settled += unsaved
            return unsaved

    def close(self) -> None:
        """What is waiting on the disk waits for another process."""
        with self.lock:
            self._files.close(keep=self.waiting > 0)

    def leave_to_parent(self) -> None:
        """In a forked child: the files are not this process's."""
        self._files.close(keep=True)

    def _remember(self, piece: Piece) -> None:
        self._recent.append(piece)
        if not piece.on_disk:
            return
        self._remembered += len(piece.records)
        if self._remembered > _REMEMBERED:
            self._recent = deque(one for one in self._recent if not one.on_disk)
            self._remembered = 0

    def _taken(self, piece: Piece) -> Piece:
        self._at = piece.end
        if piece.on_disk:
            self._read += len(piece.records) + piece.missing
        return piece

    def _read_back(self, upto: Position, before: int) -> Piece:
        payloads, end = self._files.read(self._at, upto)
        records: list[LedgerRecord] = []
        missing = 0
        for payload in payloads:
            found, failed = decode(payload)
            records += found
            missing += failed
        if not payloads:
            # The rest of a segment: nothing, unless the disk spoilt it.
            end = end if end != self._at else upto
            missing = self._missing(self._at[0], before)
        return Piece(records, self._at, end, self._read, missing)

    def _missing(self, segment: int, before: int) -> int:
        missing = min(self._saved_by_segment.get(segment, self._read), before) - self._read
        if missing:
            _log.warning(
                "%d records could not be read back from the spool %s: the disk has damaged them",
                missing,
                self._folder.path,
            )
        return missing

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            why = getattr(error, "strerror", None) or error
            _log.warning(
                "The spool of the ledger at %s cannot take records (%s): they wait in memory, "
                "where a process that is killed loses them.",
                self._folder.path,
                why,
            )
