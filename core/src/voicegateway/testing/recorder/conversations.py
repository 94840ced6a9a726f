"""The events of a WebSocket: what the vendor said, and what it waited for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from voicegateway.testing.recorder.redaction import Redaction
from voicegateway.testing.recorder.tape import Seen, Tape
from voicegateway.testing.recordings.answers import parsed
from voicegateway.testing.recordings.model import (
    Await,
    Close,
    Event,
    SendBytes,
    SendJson,
    SendText,
)

__all__ = ["conversation", "json_object", "said"]

_TYPES: Final = frozenset({"type", "event", "action", "kind", "op", "message_type"})
"""Keys by which vendors tell one message from another."""
_HEARTBEAT = re.compile(r"^(keep_?alive|ping|pong|heartbeat)$", re.IGNORECASE)


def conversation(tape: Tape, redaction: Redaction) -> Iterator[Event]:
    """A message of the client's is a wait for one of its type. A row of like ones, such as
    audio, is one wait: how many there are depends on the pace."""
    before: Await | None = None
    for seen in tape.seen:
        if seen.by == "server":
            yield said(seen, redaction)
            continue
        awaited = _await(seen)
        if awaited is not None and (before is None or not _alike(awaited, before)):
            yield awaited
            before = awaited


def said(seen: Seen, redaction: Redaction) -> Event:
    """One message of the server's, or one piece of a body that is no text."""
    if isinstance(seen.data, int):
        return Close(seen.at_ms, seen.data)
    if isinstance(seen.data, bytes):
        return SendBytes(seen.at_ms, _bytes(seen.data, redaction))
    value = parsed(seen.data)
    if isinstance(value, str):
        return SendText(seen.at_ms, redaction.text(value))
    return SendJson(seen.at_ms, redaction.json(value))


def json_object(data: str | bytes | int) -> dict[str, Any] | None:
    """The JSON object that a message or a body is; None if it is none."""
    if isinstance(data, bytes):
        try:
            data = data.decode()
        except UnicodeDecodeError:
            return None
    value = parsed(data) if isinstance(data, str) else None
    return value if isinstance(value, dict) else None


def _bytes(data: bytes, redaction: Redaction) -> bytes:
    """As they came, unless they are a JSON object."""
    message = json_object(data)
    if message is None:
        return data
    redaction.json(message)  # to learn the ids
    return redaction.plain(data.decode()).encode()


def _await(seen: Seen) -> Await | None:
    """None for a message that comes by the clock."""
    if isinstance(seen.data, bytes):
        return Await(seen.at_ms, "binary")
    message = json_object(seen.data)
    if message is None:
        return Await(seen.at_ms, "text")
    contains = {
        name: value
        for name, value in message.items()
        if isinstance(value, bool) or (name in _TYPES and isinstance(value, str))
    }
    if any(isinstance(value, str) and _HEARTBEAT.match(value) for value in contains.values()):
        return None
    return Await(seen.at_ms, "json", contains)


def _alike(one: Await, other: Await) -> bool:
    return (one.kind, one.contains) == (other.kind, other.contains)
