"""How often, how long and how much."""

from __future__ import annotations

import random
from dataclasses import dataclass

__all__ = ["Pace", "usual_pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds."""

    between: float = 0.25
    """From one request to the next, at least."""
    tries: int = 5
    """Of one page."""
    first_wait: float = 1.0
    """After the first failure; then twice as long each time, less up to a half by chance, so that
    several who were refused together do not come back together."""
    longest_wait: float = 120.0
    """That a vendor may ask for."""
    silence: float = 60.0
    """Without a byte."""
    page_time: float = 300.0
    page_bytes: int = 1 << 26
    """As much as is read of one document."""
    pages: int = 10_000
    """Of one report."""

    def wait(self, failures: int) -> float:
        longest: float = self.first_wait * 2 ** (failures - 1)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def usual_pace() -> Pace:
    return Pace()
