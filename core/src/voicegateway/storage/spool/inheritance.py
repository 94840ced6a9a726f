"""Writes what processes that are gone left in their spools on this machine.

It goes through a writer of its own, under a registration of its own: attempts that are open at
the end of a spool will not be heard of again and are settled as abandoned when all is written.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path
from typing import Final

from voicegateway.storage.budgets.accounts import Accounts
from voicegateway.storage.engine import Engine
from voicegateway.storage.limits.permits import Permits
from voicegateway.storage.spool.folders import OwnedFolder, SpoolFolder
from voicegateway.storage.spool.orphans import Legacy
from voicegateway.storage.spool.pump import Pump
from voicegateway.storage.spool.segments import NewerSpoolError
from voicegateway.storage.stats import Tally
from voicegateway.storage.writer import Queue, Writer

__all__ = ["Inheritance"]

_log = logging.getLogger("voicegateway.ledger")
_LOOK_SECONDS: Final = 10.0


class _Estate:
    """One spool being written."""

    def __init__(self, owned: OwnedFolder, engine: Engine) -> None:
        queue: Queue = deque()
        self.legacy = Legacy(owned)
        self.pump = Pump(self.legacy, queue)
        self.writer = Writer(queue, engine, None, Tally(), Accounts(), Permits())


class Inheritance:
    """Belongs to the shipper's thread."""

    def __init__(self, folder: SpoolFolder, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._estate: _Estate | None = None
        self._next = float("-inf")
        self._refused: set[Path] = set()

    def turn(self) -> bool:
        """Does a little of it; True if there is more to do at once."""
        if time.monotonic() < self._next:
            return False
        try:
            estate = self._estate or self._found()
            return estate is not None and self._advance(estate)
        except NewerSpoolError:
            self._refuse("a newer version of voicegw wrote it, and will write it on")
        except OSError as error:
            self._refuse(f"it cannot be read: {error.strerror or error}")
        return False

    def disconnect(self) -> None:
        if self._estate is not None:
            self._estate.writer.disconnect()

    def close(self) -> None:
        """Somebody else may go on with it, from the beginning: what is known does no harm."""
        estate, self._estate = self._estate, None
        if estate is not None:
            estate.writer.retire()
            estate.writer.disconnect()
            estate.legacy.owned.lock.release()

    def leave_to_parent(self) -> None:
        """In a forked child."""
        if self._estate is not None:
            self._estate.legacy.owned.lock.release()

    def _found(self) -> _Estate | None:
        owned = self._folder.orphan(self._refused)
        if owned is None:
            self._next = time.monotonic() + _LOOK_SECONDS
            return None
        self._estate = _Estate(owned, self._engine)
        return self._estate

    def _advance(self, estate: _Estate) -> bool:
        estate.pump.fill()
        if estate.writer.pending:
            rest = estate.writer.turn()
            self._next = time.monotonic() + rest
            return not rest
        if not estate.writer.retire():
            self._next = time.monotonic() + 1.0
            return False
        self._finish(estate)
        return True

    def _finish(self, estate: _Estate) -> None:
        estate.writer.disconnect()
        if estate.legacy.records:
            _log.info(
                "%d records that another process had left in the spool are in the ledger %s",
                estate.legacy.records,
                self._engine.name,
            )
        self._folder.remove(estate.legacy.owned)
        self._estate = None

    def _refuse(self, why: str) -> None:
        estate, self._estate = self._estate, None
        self._next = time.monotonic() + _LOOK_SECONDS
        place = self._folder.path if estate is None else estate.legacy.owned.path
        if place not in self._refused:
            self._refused.add(place)
            _log.warning("The spool %s is left as it is: %s.", place, why)
        if estate is not None:
            estate.writer.retire()
            estate.writer.disconnect()
            estate.legacy.owned.lock.release()
