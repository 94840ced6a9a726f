"""A place in the feed, from which it can be read on.

It is the highest row that was seen and, where writers overlap, the lower ones that were not there
yet: a transaction that got its id earlier may be committed later. Those are looked for a while
longer. As a text a cursor may be kept, and taken up by another process.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from voicegateway.errors import LedgerError

__all__ = ["MOST_MISSING", "Cursor", "Missing"]

_WAIT_SECONDS: Final = 60.0
"""How long a missing row of the feed is looked for: far longer than a transaction takes."""
MOST_MISSING: Final = 64


@dataclass(frozen=True, slots=True)
class Missing:
    """A row of the feed of which not all was seen."""

    taken: int = 0
    """How much of it was."""
    until: float = 0.0
    """When to give it up, by the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the feed."""

    last: int
    missing: Mapping[int, Missing]

    def __str__(self) -> str:
        """`1042`; `1042!1037,1042@3` where 1037 was not there and 3 of 1042 were taken."""
        rest = ",".join(
            f"{key}@{one.taken}" if one.taken else str(key)
            for key, one in sorted(self.missing.items())
        )
        return f"{self.last}!{rest}" if rest else str(self.last)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises `LedgerError` for what is no cursor."""
        try:
            last, _, rest = text.partition("!")
            parts = [part.partition("@") for part in rest.split(",") if part]
            if len(parts) > MOST_MISSING:
                raise ValueError(text)
            until = time.monotonic() + _WAIT_SECONDS
            missing = {
                _number(key): Missing(_number(taken or "0"), until) for key, _, taken in parts
            }
            return cls(_number(last), missing)
        except ValueError:
            raise LedgerError(f"{text[:80]!r} is no place to go on from.") from None

    def covers(self, key: int) -> bool:
        """Whether all of this row of the feed was seen."""
        return key <= self.last and key not in self.missing

    def after(self, key: int, taken: int | None = None) -> Cursor:
        """Once `taken` of the row with this id were seen; None: all of it."""
        missing = {one: kept for one, kept in self.missing.items() if one != key}
        if taken is not None:
            missing[key] = Missing(taken, time.monotonic() + _WAIT_SECONDS)
        return Cursor(max(self.last, key), missing)

    def without(self, absent: Iterable[int]) -> Cursor:
        """While these have not come, and those missed longest are given up."""
        now = time.monotonic()
        missing = {key: one for key, one in self.missing.items() if one.until > now or one.taken}
        missing |= {key: Missing(0, now + _WAIT_SECONDS) for key in absent}
        kept = sorted(missing)[-MOST_MISSING:]
        return replace(self, missing={key: missing[key] for key in kept})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ValueError(text)
    return int(text)
