"""What goes over the wire: server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from voicegateway.storage.reads.cursor import Cursor
from voicegateway.storage.reads.tail import Happening

__all__ = ["RETRY", "TYPES", "EventType", "Frame", "Wanted", "framed", "gap", "place"]

EventType = Literal["row", "budget", "config"]
TYPES: Final[tuple[EventType, ...]] = get_args(EventType)

RETRY: Final = b"retry: 2000\n\n"
"""Milliseconds after which a client that was cut off comes back."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, written once for all who listen."""

    type: EventType
    project: str | None
    """None: it concerns all."""
    text: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asked for."""

    types: frozenset[EventType] = frozenset(TYPES)
    project: str | None = None

    def __call__(self, frame: Frame) -> bool:
        return frame.type in self.types and (
            self.project is None or frame.project in (None, self.project)
        )


def framed(happenings: Iterable[Happening]) -> list[Frame]:
    return [
        Frame(
            one.kind,
            one.project,
            _event(one.kind, one.entry.to_json() if one.entry else one.details, one.cursor),
        )
        for one in happenings
    ]


def gap(cursor: Cursor, reason: Literal["slow", "forgotten"]) -> bytes:
    """Something was left out: the client has to load anew what it shows. From `cursor` on all
    follows."""
    return _event("gap", {"reason": reason}, cursor)


def place(cursor: Cursor) -> bytes:
    """Says no more than that the stream is alive, and where to go on from."""
    return f": alive\nid: {cursor}\n\n".encode()


def _event(name: str, data: Mapping[str, Any], cursor: Cursor) -> bytes:
    # JSON in ASCII has no line break, whatever a name or an error says.
    text = json.dumps(data, separators=(",", ":"))
    return f"event: {name}\nid: {cursor}\ndata: {text}\n\n".encode("ascii")
