"""Every private name of LiveKit's AssemblyAI plugin that we lean on, in one place.

`tests/test_vendor_names.py` pins them. Where a release has moved one, calls go on, nothing is
recovered, and a row is made of what the meter saw."""

from __future__ import annotations

from typing import Any

__all__ = [
    "CONNECT",
    "EVENT",
    "RUN",
    "attach_of",
    "connect_timeout",
    "keyterms_of",
    "send_of",
]

CONNECT = "_connect_ws"
"""Of a stream of recognition: opens its WebSocket and returns it, with aiohttp's own errors."""

EVENT = "_process_stream_event"
"""Of a stream of recognition: given every message of AssemblyAI's, as a dict."""

RUN = "_run"
"""Of a stream of speech: one attempt."""


def connect_timeout(stream: Any) -> float | None:
    """Seconds; None to wait for ever."""
    return getattr(getattr(stream, "_conn_options", None), "timeout", None)


def keyterms_of(stt: Any) -> object:
    """Of an STT: the terms that are asked for now, those of the session among them."""
    return getattr(getattr(stt, "_opts", None), "keyterms_prompt", None)


def send_of(connection: Any) -> Any:
    """Of a connection of speech: takes each frame that is sent, as JSON text."""
    return getattr(connection, "send", None)


def attach_of(connection: Any) -> Any:
    """Of a connection of speech: makes the listener of the attempt that now holds it, whose `push`
    is given every frame of its own."""
    return getattr(connection, "attach", None)
