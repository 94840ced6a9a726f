"""What the examinations say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "amiss", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is amiss, or (a note) worth knowing."""

    level: Literal["finding", "note"]
    about: str
    what: str
    fix: str = ""
    """What to do; every finding has one."""


def amiss(about: str, what: str, fix: str) -> Finding:
    return Finding("finding", about, what, fix)


def note(about: str, what: str, fix: str = "") -> Finding:
    return Finding("note", about, what, fix)
