"""From the meter's counters to billable units: what we measured, and what the vendor said."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from voicegateway.middleware import livekit_names
from voicegateway.middleware.call import AttemptState, Call
from voicegateway.types import Modality, Unit, Usage

__all__ = ["keep_tokens", "measured_usage", "read_chunks", "reported_usage", "vendor_counters"]

_MICRO = Decimal("0.000001")
_BYTES_PER_TOKEN = 4
"""English text is about four bytes of UTF-8 a token in every common tokenizer, other scripts
nearer to three: an estimate, and the row says so."""
_TOKENS_PER_MESSAGE = 4
"""The frame that chat templates put around a message: role and separators."""


def measured_usage(call: Call, attempt: AttemptState) -> Usage:
    """What the meter itself saw of an attempt so far."""
    if not attempt.sent:
        return Usage({}, "measured")
    if call.leg.modality is Modality.LLM:
        return _llm_estimate(call, attempt)
    if call.leg.modality is Modality.TTS:
        return _tts_measured(call, attempt)
    return _stt_measured(call, attempt)


def read_chunks(attempt: AttemptState) -> None:
    """Count what a language model has sent since this was last asked."""
    chunks = attempt.chunks[:]
    del attempt.chunks[: len(chunks)]  # in place: the tap goes on adding to this list
    for chunk in chunks:
        delta = chunk.delta
        if delta is not None:
            if delta.content:
                attempt.texts.append(delta.content)
            for call in delta.tool_calls:  # written by the model like any text
                attempt.texts.append(f"{call.name}{call.arguments}")
        if chunk.usage is not None:
            attempt.usage = chunk.usage
            attempt.usage_events += 1
        attempt.request_id = chunk.id or attempt.request_id


def _input_end(call: Call, attempt: AttemptState) -> int:
    return call.input_count if attempt.input_end is None else attempt.input_end


def _stt_measured(call: Call, attempt: AttemptState) -> Usage:
    samples = _input_end(call, attempt) - attempt.input_start
    units = {Unit.AUDIO_SECONDS: _seconds(samples, call.input_rate)}
    if call.mode != "batch":  # `recognize` opens no session
        open_seconds = (attempt.ended or time.perf_counter()) - attempt.started
        units[Unit.SESSION_SECONDS] = Decimal(open_seconds).quantize(_MICRO)
    return Usage(units, "measured")


def _tts_measured(call: Call, attempt: AttemptState) -> Usage:
    return Usage(
        {
            Unit.CHARACTERS: Decimal(_input_end(call, attempt)),
            Unit.AUDIO_SECONDS: _seconds(attempt.output_samples, attempt.output_rate),
        },
        "measured",
    )


def _llm_estimate(call: Call, attempt: AttemptState) -> Usage:
    """Tokens of a turn whose usage the vendor did not send: a unit of which none is known to
    have been used is left out rather than set to 0."""
    units: dict[Unit, Decimal] = {}
    if call.prompt_bytes:
        frame = _TOKENS_PER_MESSAGE * call.prompt_messages
        units[Unit.INPUT_TOKENS] = Decimal(_tokens(call.prompt_bytes) + frame)
    if attempt.texts:
        written = _tokens(sum(len(text.encode()) for text in attempt.texts))
        units[Unit.OUTPUT_TOKENS] = Decimal(max(len(attempt.texts), written))
    return Usage(units, "estimated")


def _tokens(size: int) -> int:
    return math.ceil(size / _BYTES_PER_TOKEN)


def _seconds(samples: int, rate: int) -> Decimal:
    return (Decimal(samples) / rate).quantize(_MICRO) if rate else Decimal(0)


def reported_usage(call: Call, attempt: AttemptState) -> Usage | None:
    """What the vendor's client said of an attempt through LiveKit, in disjoint units."""
    if attempt.usage is None:
        return None
    return Usage(_REPORTED[call.leg.modality](attempt.usage))


def _llm_units(usage: object) -> Mapping[Unit, Decimal]:
    """`livekit.agents.llm.CompletionUsage`: its prompt includes cache reads and writes."""
    cached = max(_count(usage, "prompt_cached_tokens"), _count(usage, "cache_read_tokens"))
    written = _count(usage, "cache_creation_tokens")
    units = {
        Unit.INPUT_TOKENS: Decimal(max(0, _count(usage, "prompt_tokens") - cached - written)),
        Unit.OUTPUT_TOKENS: Decimal(_count(usage, "completion_tokens")),
    }
    if cached:
        units[Unit.CACHED_INPUT_TOKENS] = Decimal(cached)
    if written:
        units[Unit.CACHE_WRITE_TOKENS] = Decimal(written)
    return units


def _count(usage: object, name: str) -> int:
    return getattr(usage, name, 0) or 0


def _stt_units(usage: tuple[float, int, int]) -> Mapping[Unit, Decimal]:
    """Sums of `RecognitionUsage`: seconds, input tokens (text and audio together), output."""
    seconds, tokens_in, tokens_out = usage
    units = {Unit.AUDIO_SECONDS: Decimal(repr(seconds)).quantize(_MICRO)}
    if tokens_in:
        units[Unit.INPUT_AUDIO_TOKENS] = Decimal(tokens_in)
    if tokens_out:
        units[Unit.OUTPUT_TOKENS] = Decimal(tokens_out)
    return units


def _tts_units(usage: tuple[int, int]) -> Mapping[Unit, Decimal]:
    tokens_in, tokens_out = usage
    return {Unit.INPUT_TOKENS: Decimal(tokens_in), Unit.OUTPUT_AUDIO_TOKENS: Decimal(tokens_out)}


def keep_tokens(call: Call, attempt: AttemptState) -> None:
    """Read what a TTS plugin set on its stream, or on the inner stream of this attempt, before
    the stream is let go."""
    if call.leg.modality is not Modality.TTS:
        return
    streams = [stream for stream in (call.stream, attempt.inner) if stream is not None]
    counts = [livekit_names.token_usage(stream) for stream in streams]
    total = sum(pair[0] for pair in counts), sum(pair[1] for pair in counts)
    attempt.inner = None
    if any(total):
        attempt.usage = total


def vendor_counters(attempt: AttemptState) -> dict[str, object]:
    """Raw facts for `StreamReport.vendor`."""
    facts: dict[str, object] = {}
    if attempt.request_id:
        facts["request_id"] = attempt.request_id
    if attempt.usage_events:
        facts["usage_events"] = attempt.usage_events
    reasoning = _count(attempt.usage, "reasoning_tokens")
    if reasoning:
        facts["reasoning_tokens"] = reasoning
    facts.update(attempt.counters.facts)
    return facts


_REPORTED: Mapping[Modality, Callable[[Any], Mapping[Unit, Decimal]]] = {
    Modality.LLM: _llm_units,
    Modality.STT: _stt_units,
    Modality.TTS: _tts_units,
}
