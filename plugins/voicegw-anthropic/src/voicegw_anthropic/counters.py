"""Anthropic's own counters, out of the events of one answer.

LiveKit's plugin adds the output tokens of every `message_delta` to those of `message_start`, but
they are cumulative: the last is the total. It also drops which lifetime the cache was written for,
and what the price depends on besides (tier, speed, place)."""

from __future__ import annotations

from typing import Any, Final

from voicegateway.authoring import AttemptCounters

__all__ = ["note_event"]

_INPUTS: Final = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_LIFETIMES: Final = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
_STANDARD: Final = {None, "standard", "global", "not_available"}
_SPOKEN: Final = {"text", "tool_use"}


def note_event(counters: AttemptCounters, event: Any) -> None:
    """Keep what an event that is no chunk says; text comes as chunks and is none of this."""
    if event.type == "message_start":
        _note_start(counters, event.message)
    elif event.type == "message_delta":
        _note_total(counters, event.usage)
    elif _unspoken(event):
        counters.facts.setdefault("reasoning_tokens", True)  # how many is said at the end, or never
    elif event.type == "content_block_delta" and event.delta.type == "thinking_delta":
        counters.add(thought_chars=len(event.delta.thinking))


def _note_start(counters: AttemptCounters, message: Any) -> None:
    usage = message.usage
    counters.note(request_id=message.id, output_tokens=usage.output_tokens)
    _note_present(counters, usage, _INPUTS)
    _note_present(counters, getattr(usage, "cache_creation", None), _LIFETIMES)
    counters.note(service_tier=_price_class(usage))


def _note_total(counters: AttemptCounters, usage: Any) -> None:
    """The last total counts. A total that comes again unchanged was sent twice."""
    again = counters.facts.get("final") and counters.facts["output_tokens"] == usage.output_tokens
    counters.add(totals_repeated=1 if again else 0)
    counters.note(output_tokens=usage.output_tokens, final=True)
    _note_present(counters, usage, _INPUTS)
    _note_present(counters, getattr(usage, "server_tool_use", None), ("web_search_requests",))
    thought = getattr(getattr(usage, "output_tokens_details", None), "thinking_tokens", None)
    if thought:
        counters.note(reasoning_tokens=thought)


def _unspoken(event: Any) -> bool:
    """Output that is billed and reaches nobody: a thought, the vendor's own tool, or text that
    LiveKit's plugin takes for a thought."""
    if event.type == "content_block_start":
        return str(event.content_block.type) not in _SPOKEN
    return bool(event.type == "content_block_delta" and event.delta.type == "text_delta")


def _note_present(counters: AttemptCounters, source: Any, names: tuple[str, ...]) -> None:
    """An older model, or an older SDK, leaves some out: what is missing is not 0."""
    for name in names:
        value = getattr(source, name, None)
        if value is not None:
            counters.note(**{name: value})


def _price_class(usage: Any) -> str:
    """What the rates depend on, joined: `standard`, `priority`, `fast`, `us`, `fast+us`. A place is
    named where inference was kept to it, which costs more."""
    said = (getattr(usage, name, None) for name in ("service_tier", "speed", "inference_geo"))
    return "+".join(str(word) for word in said if word not in _STANDARD) or "standard"
