"""The spool of a process that is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from voicegateway.storage.models import LedgerRecord
from voicegateway.storage.spool.codec import decode
from voicegateway.storage.spool.folders import OwnedFolder
from voicegateway.storage.spool.pieces import Piece
from voicegateway.storage.spool.segments import FRESH, frames_from, numbered_files

__all__ = ["Legacy"]

_log = logging.getLogger("voicegateway.ledger")
_AT_ONCE: Final = 512


class Legacy:
    """What it left, from the beginning; files are removed as they are done with. Raises
    `NewerSpoolError` on the way if a newer version wrote it, `OSError` if it cannot be read."""

    def __init__(self, owned: OwnedFolder) -> None:
        self.owned = owned
        self.records = 0
        self._pieces = self._all()

    def take(self) -> Piece | None:
        """See `Source`."""
        return next(self._pieces, None)

    def done(self, piece: Piece) -> None:
        """See `Source`."""
        self.records += len(piece.records)
        for number, path in numbered_files(self.owned.path):
            if number < piece.end[0]:
                path.unlink(missing_ok=True)

    def _all(self) -> Iterator[Piece]:
        for number, path in numbered_files(self.owned.path):
            at, records = FRESH, list[LedgerRecord]()
            for payload, end in frames_from(path, FRESH):
                records += decode(payload)[0]
                if len(records) >= _AT_ONCE:
                    yield Piece(records, (number, at), (number, end))
                    records = []
                at = end
            if records:
                yield Piece(records, (number, FRESH), (number, at))
            _tell_of_rest(path, at)


def _tell_of_rest(path: Path, at: int) -> None:
    rest = path.stat().st_size - at
    if rest > 0:
        _log.warning(
            "The last %d bytes of the spool %s are no whole record and are left out: its process "
            "died while it wrote them, or the disk has damaged them.",
            rest,
            path,
        )
