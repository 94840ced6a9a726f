"""What a key may do, and who came with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from voicegateway.errors import AccessError

__all__ = ["EVERYTHING", "Identity", "Scope", "implied", "parse_scopes"]


class Scope(StrEnum):
    """`admin` includes `write`, which includes `read`."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


_ORDER: Final = tuple(Scope)
EVERYTHING: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was let in."""

    name: str
    """Of the key; `local` where there are no keys and somebody on this machine asks."""
    scopes: frozenset[Scope]
    """With those that they include."""
    key: str = ""
    """Which key: an id of the store, `config:N` or `env:VARIABLE`; empty without one."""


def implied(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """The scopes and those that they include."""
    highest = max((_ORDER.index(scope) for scope in scopes), default=-1)
    return frozenset(_ORDER[: highest + 1])


def parse_scopes(text: str) -> frozenset[Scope]:
    """`read,write`. Raises `AccessError` for what is no scope, and for none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = sorted({name for name in names if name not in _ORDER})
    if unknown or not names:
        what = f"{', '.join(map(repr, unknown))} is no scope" if unknown else "A key needs a scope"
        raise AccessError(f"{what}: give one or more of read, write, admin, separated by commas.")
    return frozenset(Scope(name) for name in names)
