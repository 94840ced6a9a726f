"""Browsers that are signed in: a random id each, which is all that their cookie carries."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["LIFETIME_SECONDS", "Sessions"]

LIFETIME_SECONDS: Final = 12 * 3600
_MOST: Final = 10_000


class Sessions:
    """Of one process, in its memory: they end with it. What a session may do is asked of its key
    each time, so that it dies with that."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def open(self, key: str) -> str:
        """A new session of the key, as `Identity.key` has it; returns what the cookie carries."""
        value = secrets.token_urlsafe(32)
        with self._lock:
            self._open[_name(value)] = (key, self._clock() + LIFETIME_SECONDS)
            if len(self._open) > _MOST:
                self._open.popitem(last=False)
        return value

    def key(self, value: str) -> str | None:
        """Whose session it is; None if it has ended or never was."""
        with self._lock:
            key, until = self._open.get(_name(value), ("", 0.0))
            if self._clock() < until:
                return key
            self._open.pop(_name(value), None)
            return None

    def close(self, value: str) -> None:
        with self._lock:
            self._open.pop(_name(value), None)


def _name(value: str) -> bytes:
    """Looked up by its digest, so that no time is told by how far a guess was right."""
    return hashlib.sha256(value.encode("utf-8", "replace")).digest()
