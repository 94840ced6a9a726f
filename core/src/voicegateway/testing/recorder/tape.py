"""What went through the recorder: one request each, both directions, with the time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Seen", "Tape"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of a WebSocket, one piece of a body, or how the server closed the socket."""

    at_ms: int
    """Since the request came."""
    by: Literal["client", "server"]
    data: str | bytes | int
    """A text, bytes, or the code of a close."""


@dataclass(slots=True)
class Tape:
    """One request and all that came of it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Of the request, in lower case."""
    is_websocket: bool
    status: int = 0
    """0 while the vendor has not answered."""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    """Values that the vendor set."""
    seen: list[Seen] = field(default_factory=list)
    _began: float = field(default_factory=time.perf_counter)

    def add(self, by: Literal["client", "server"], data: str | bytes | int) -> None:
        at_ms = round((time.perf_counter() - self._began) * 1e3)
        self.seen.append(Seen(at_ms, by, data))
