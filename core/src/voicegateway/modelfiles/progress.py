"""How far a fetch has come, for whoever draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Progress", "Report", "silent"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One download within a fetch; a fetch may make several, one after the other."""

    name: str
    """What is being downloaded: a wheel's or a model file's name, without its folder."""
    done: int
    """Bytes on disk, those of an earlier try included. Falls back to 0 if that try was spoilt."""
    total: int | None
    """Bytes in all; None if the server does not say."""


Report = Callable[[Progress], None]
"""Called in the thread that fetches, every 128 KB."""


def silent(_: Progress) -> None:
    """For callers that draw nothing."""
