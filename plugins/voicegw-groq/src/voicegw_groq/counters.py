"""Groq's own counters, out of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicegateway.authoring import AttemptCounters

__all__ = ["note_chunk", "note_transcription"]


def note_chunk(counters: AttemptCounters, chunk: Any) -> None:
    """Of one chunk of a language model's answer. Usage comes in a chunk of its own, because LiveKit
    asks for it, and in `x_groq` of the last one in any case: one total, and the last counts."""
    facts, extra = counters.facts, chunk.model_extra
    if extra and isinstance(extra.get("x_groq"), Mapping):
        _note_own(counters, extra["x_groq"])
    if chunk.usage is not None:
        counters.add(usage_chunks=1)
        _note_usage(counters, chunk.usage.model_dump())
    if "service_tier" not in facts and chunk.service_tier is not None:
        facts["service_tier"] = chunk.service_tier
    for choice in chunk.choices:
        if choice.delta is not None:
            _note_thoughts(counters, choice.delta)


def note_transcription(counters: AttemptCounters, answer: Any) -> None:
    """Of Whisper's answer, in its long form or, should Groq come to send it, with `usage`."""
    seconds = getattr(answer, "duration", None)
    if seconds is None:
        seconds = getattr(getattr(answer, "usage", None), "seconds", None)
    if isinstance(seconds, int | float):
        counters.note(audio_seconds=seconds)
    own = (answer.model_extra or {}).get("x_groq")
    if isinstance(own, Mapping) and own.get("id"):
        counters.note(request_id=str(own["id"]))


def _note_own(counters: AttemptCounters, own: Mapping[str, Any]) -> None:
    if own.get("id"):
        counters.note(groq_request_id=str(own["id"]))
    if isinstance(own.get("usage"), Mapping):
        counters.add(own_usages=1)
        _note_usage(counters, own["usage"])


def _note_usage(counters: AttemptCounters, usage: Mapping[str, Any]) -> None:
    counters.note(
        prompt_tokens=usage.get("prompt_tokens"),
        completion_tokens=usage.get("completion_tokens"),
    )
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    if cached is not None:
        counters.note(cached_tokens=cached)
    reasoning = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens")
    if reasoning:
        counters.note(reasoning_tokens=reasoning)


def _note_thoughts(counters: AttemptCounters, delta: Any) -> None:
    """They come beside the text, or within it, where LiveKit's plugin takes them out. How many
    tokens they were is said at the end, or never."""
    beside = delta.model_extra
    if beside and beside.get("reasoning"):
        counters.add(thought_chars=len(beside["reasoning"]))
        counters.facts.setdefault("reasoning_tokens", True)
    elif "<think>" in (delta.content or ""):
        counters.facts.setdefault("reasoning_tokens", True)
