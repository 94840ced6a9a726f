"""From OpenAI's overlapping counters to disjoint units.

Within a language model's input are what was cached, what was written to the cache, and audio;
within its output are reasoning, which is billed like any output, and audio.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from voicegateway.types import Unit
from voicegw_openai.counters import count_of, seconds_of

__all__ = ["language_units", "transcription_units"]


def language_units(usage: object) -> dict[Unit, Decimal]:
    """The usage object of chat completions or of a response; empty for anything else."""
    if not isinstance(usage, Mapping):
        return {}
    if "prompt_tokens" in usage:
        names = "prompt_tokens", "completion_tokens"
    else:
        names = "input_tokens", "output_tokens"
    total_in, total_out = (count_of(usage, name) for name in names)
    if not total_in and not total_out:
        return {}
    read = usage.get(f"{names[0]}_details")
    wrote = usage.get(f"{names[1]}_details")
    parts = _input_parts(read)
    audio_out = min(count_of(wrote, "audio_tokens"), total_out)
    units = {
        Unit.INPUT_TOKENS: max(0, total_in - sum(parts.values())),
        Unit.OUTPUT_TOKENS: total_out - audio_out,
        Unit.OUTPUT_AUDIO_TOKENS: audio_out,
        **parts,
    }
    always = {Unit.INPUT_TOKENS, Unit.OUTPUT_TOKENS}
    return {unit: Decimal(count) for unit, count in units.items() if count or unit in always}


def transcription_units(facts: Mapping[str, object]) -> dict[Unit, Decimal]:
    """The sums of a transcription's counters; empty where there are none."""
    if not count_of(facts, "transcriptions"):
        return {}
    audio, text = count_of(facts, "audio_tokens"), count_of(facts, "text_tokens")
    if audio or text:
        units = {
            Unit.INPUT_AUDIO_TOKENS: Decimal(audio),
            Unit.OUTPUT_TOKENS: Decimal(count_of(facts, "output_tokens")),
        }
        return {**units, Unit.INPUT_TOKENS: Decimal(text)} if text else units
    seconds = seconds_of(facts, "seconds")
    return {} if seconds is None else {Unit.AUDIO_SECONDS: seconds}


def _input_parts(details: object) -> dict[Unit, int]:
    """What is within the input and has a rate of its own. Of cached tokens nobody says which were
    audio: they are counted as text."""
    written = count_of(details, "cache_write_tokens")
    lasting = 0
    if isinstance(details, Mapping):
        lasting = count_of(details.get("cache_write_tokens_details"), "ttl_12h_tokens")
    return {
        Unit.CACHED_INPUT_TOKENS: count_of(details, "cached_tokens"),
        Unit.CACHE_WRITE_TOKENS: max(0, written - lasting),
        Unit.CACHE_WRITE_1H_TOKENS: lasting,
        Unit.INPUT_AUDIO_TOKENS: count_of(details, "audio_tokens"),
    }
