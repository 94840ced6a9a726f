"""What a project may spend, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

__all__ = ["MOST_NANO", "Caps", "Standing"]

MOST_NANO: Final = 1 << 60
"""A thousand million dollars: no cap and no estimate is reckoned with that is more, so that sums
of them fit the columns of a database."""


@dataclass(frozen=True, slots=True)
class Caps:
    """A project's limits, in nano-dollars; None: none."""

    daily_nano: int | None = None
    monthly_nano: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A project's budget as the database had it at one moment. Nano-dollars."""

    day_nano: int = 0
    """Settled since midnight, in the ledger's zone."""
    month_nano: int = 0
    leased_nano: int = 0
    """Reserved by all processes, this one included."""
    own_nano: int = 0
    processes: int = 0
    """How many have a lease."""
    day_ends: datetime | None = None
    """In the ledger's zone."""
    month_ends: datetime | None = None

    def slack(self, caps: Caps) -> int | None:
        """What could still be reserved; None: no end to it."""
        rooms = [
            min(cap, MOST_NANO) - spent
            for cap, spent in (
                (caps.daily_nano, self.day_nano),
                (caps.monthly_nano, self.month_nano),
            )
            if cap is not None
        ]
        return min(rooms) - self.leased_nano if rooms else None
