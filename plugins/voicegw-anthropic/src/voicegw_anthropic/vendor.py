"""Every private name of LiveKit's Anthropic plugin that this package leans on.

`tests/test_vendor.py` pins them. If one moves, calls go on: without `_parse_event` nothing is
counted and the rows say `usage_missing`; without `_client` connections are closed later."""

from __future__ import annotations

from typing import Final

__all__ = ["CLIENT", "CONSTRUCTED_IN", "PARSER", "missing"]

PARSER: Final = "_parse_event"
"""Method of `LLMStream`: is given each server-sent event, and returns a chunk or None."""
CLIENT: Final = "_client"
"""Attribute of `LLM`: the HTTP client."""
CONSTRUCTED_IN: Final = "chat"
"""Method of `LLM` that makes an `LLMStream`."""


def missing() -> str | None:
    """A sentence that says what has moved, or None."""
    from livekit.plugins import anthropic

    if not callable(getattr(anthropic.LLMStream, PARSER, None)):
        return f"LiveKit's anthropic.LLMStream no longer has {PARSER}"
    if not hasattr(anthropic.LLM(api_key="-"), CLIENT):
        return f"LiveKit's anthropic.LLM no longer has {CLIENT}"
    return None
