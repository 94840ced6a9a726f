"""Every private name of LiveKit's plugins that this package leans on.

`tests/test_vendor.py` pins them. If one moves, calls go on, and what is not counted any more is
`usage_missing`."""

from __future__ import annotations

from typing import Final

__all__ = ["CLIENT", "missing"]

CLIENT: Final = "_client"
"""Attribute of `groq.STT`, and of the stream that `groq.LLM.chat` makes: the client of the SDK
openai, of which only public methods are used."""


def missing(owner: object) -> str | None:
    """A sentence that says that an STT, or an LLM's stream, has no such name, or None."""
    if hasattr(owner, CLIENT):
        return None
    return f"LiveKit's {type(owner).__mro__[1].__qualname__} no longer has {CLIENT}"
