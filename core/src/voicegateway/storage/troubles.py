"""How the writer bears a database that cannot be written: how long it waits before it tries
again, and what it says. Each kind of trouble is said once, and so is its end."""

from __future__ import annotations

import logging
import random
import time
from typing import Final

from voicegateway.storage.engine import Trouble

__all__ = ["Troubles"]

_log = logging.getLogger("voicegateway.ledger")

_PATIENCE_SECONDS: Final = 1.0
"""A lock that others hold for less is everyday traffic and not worth a warning."""
_LONGEST_WAIT: Final = 2.0


class Troubles:
    """One episode of trouble after another; belongs to the writer thread. `kept` is where
    records wait meanwhile."""

    def __init__(self, name: str, kept: str) -> None:
        self._name = name
        self._kept = kept
        self._since: float | None = None
        self._failures = 0
        self._said: set[str] = set()

    def met(self, trouble: Trouble) -> float:
        """Takes note of a failure; returns how many seconds to wait before the next try."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        if trouble.kind == "locked" and now - self._since < _PATIENCE_SECONDS:
            return random.uniform(0.001, 0.004)  # noqa: S311 - so that two do not keep step
        self._say(trouble)
        self._failures += 1
        return min(_LONGEST_WAIT, 0.01 * (1 << min(self._failures, 10)))

    def refused(self, trouble: Trouble) -> None:
        """A record was lost because of what it says."""
        if "record" not in self._said:
            self._said.add("record")
            _log.warning(
                "A record cannot be stored in the ledger %s and is lost: %s. Others are not "
                "affected; more of its kind are counted and not mentioned.",
                self._name,
                trouble.message,
            )

    def over(self, lost: int) -> None:
        """The database is being written again."""
        if self._since is None:
            return
        self._since = None
        self._failures = 0
        if self._said - {"record"}:
            self._said &= {"record"}
            _log.warning(
                "The ledger %s is being written again; %d records were lost", self._name, lost
            )

    def _say(self, trouble: Trouble) -> None:
        if trouble.kind not in self._said:
            self._said.add(trouble.kind)
            _log.warning(
                "The ledger cannot be written (%s): %s. Calls go on and their records wait %s.",
                trouble.kind,
                trouble.message,
                self._kept,
            )
