"""What a recorded stream is: one call on a vendor's model, what the vendor sent, and what our
ledger has to say of it. `docs/recorded-streams.md` describes the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from voicegateway.types import Basis, Modality, Unit, Verdict

__all__ = [
    "FORMAT",
    "NEVER_SENT",
    "Await",
    "Close",
    "Event",
    "Exchange",
    "Expected",
    "Recording",
    "RecordingError",
    "Request",
    "SendBytes",
    "SendJson",
    "SendText",
    "file_name",
]

FORMAT = 1
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class RecordingError(ValueError):
    """A recording that cannot be used as it is: one sentence with the file and the place."""


@dataclass(frozen=True, slots=True)
class SendJson:
    """The server sends a JSON text: over SSE as the data of one event."""

    at_ms: int
    """Since the exchange began; of every event no less than of the one before it."""
    value: Any


@dataclass(frozen=True, slots=True)
class SendText:
    """The server sends a text as it stands: over SSE with its `data:` and empty line."""

    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class SendBytes:
    """The server sends bytes."""

    at_ms: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Await:
    """The server waits for a message of the client that no earlier wait was for."""

    at_ms: int
    kind: Literal["json", "binary", "text"]
    contains: Mapping[str, Any] = field(default_factory=dict)
    """Keys and values that a JSON message must have; of an object within it likewise."""


@dataclass(frozen=True, slots=True)
class Close:
    """The server closes the WebSocket."""

    at_ms: int
    code: int


NEVER_SENT: Final = {1005: 1000, 1006: 1011, 1015: 1011}
"""Codes that stand for a WebSocket's end without one, and the nearest that may be sent."""

Event = SendJson | SendText | SendBytes | Await | Close


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the vendor's server did."""

    transport: Literal["websocket", "http", "sse"]
    method: str
    path: str
    """Decoded, without a query."""
    status: int
    headers: Mapping[str, str]
    """Of the answer, in lower case; none that frames it or carries a secret."""
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What the model is asked: of the three, the one of the recording's modality."""

    audio_seconds: Decimal | None = None
    text: str | None = None
    messages: tuple[tuple[str, str], ...] = ()
    """Roles and contents."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the call gives, and what its row says."""

    text: str | None
    """The transcript, or the answer; of text-to-speech the text of the request, or None."""
    units: Mapping[Unit, Decimal]
    basis: Basis
    verdict: Verdict
    cost_usd: Decimal | None
    """None: no known price."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file."""

    origin: Literal["recorded", "composed"]
    """`recorded` from a live account, or `composed` from documented message shapes."""
    note: str
    provider: str
    model: str
    modality: Modality
    mode: Literal["streaming", "batch"]
    date: date
    options: Mapping[str, Any]
    """For the factory, with `language` and `voice`."""
    language: str | None
    voice: str | None
    request: Request
    exchange: Exchange
    reported: Mapping[Unit, Decimal]
    """The vendor's own count; empty where it sends none."""
    expected: Expected


def file_name(recording: Recording) -> str:
    """The name its file must have; what a file name may not hold is a hyphen in it."""
    parts = (recording.provider, recording.model, recording.modality, recording.mode)
    return "_".join([*(_UNSAFE.sub("-", part) for part in parts), f"{recording.date}.json"])
