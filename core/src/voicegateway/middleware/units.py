"""From the meter's counters to billable units: what we measured, and what the vendor said."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from decimal import Decimal

from voicegateway.middleware import livekit_names
from voicegateway.middleware.call import AttemptState, Call
from voicegateway.types import Modality, Unit, Usage

__all__ = ["measured_usage", "reported_usage", "vendor_counters"]

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


def _input_end(call: Call, attempt: AttemptState) -> int:
    return call.input_count if attempt.input_end is None else attempt.input_end


def _stt_measured(call: Call, attempt: AttemptState) -> Usage:
    samples = _input_end(call, attempt) - attempt.input_start
    open_seconds = (attempt.ended or time.perf_counter()) - attempt.started
    return Usage(
        {
            Unit.AUDIO_SECONDS: _seconds(samples, call.input_rate),
            Unit.SESSION_SECONDS: Decimal(open_seconds).quantize(_MICRO),
        },
        "measured",
    )


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
    if call.leg.modality is Modality.LLM:
        return None if attempt.usage is None else Usage(_llm_units(attempt.usage))
    if call.leg.modality is Modality.TTS:
        return _tts_reported(call, attempt)
    return None if attempt.usage is None else Usage(_stt_units(attempt.usage))


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


def _tts_reported(call: Call, attempt: AttemptState) -> Usage | None:
    tokens_in = tokens_out = 0
    for stream in (call.stream, attempt.inner):
        if stream is not None:
            more_in, more_out = livekit_names.token_usage(stream)
            tokens_in, tokens_out = tokens_in + more_in, tokens_out + more_out
    if not tokens_in and not tokens_out:
        return None
    return Usage(
        {Unit.INPUT_TOKENS: Decimal(tokens_in), Unit.OUTPUT_AUDIO_TOKENS: Decimal(tokens_out)}
    )


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
    return facts
