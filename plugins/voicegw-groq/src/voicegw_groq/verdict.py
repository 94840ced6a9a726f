"""Which of the counts of a call to believe."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from voicegateway.authoring import judge, judge_tokens
from voicegateway.authoring.verdicts import AUDIO, CHARACTERS
from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage

__all__ = ["verdict"]

_REFUSED: Final = "the vendor refused the request before it did anything"
_MICRO: Final = Decimal("0.000001")
_CHARS_PER_TOKEN: Final = 4
"""As the meter estimates."""


def verdict(report: StreamReport) -> StreamVerdict:
    if report.modality is Modality.LLM:
        return _tokens(report)
    if _count(report.vendor, "error_status") >= 400:
        return StreamVerdict(Usage({}, "estimated"), "usage_missing", note=_REFUSED)
    if report.modality is Modality.STT:
        return judge(report, _heard(report.vendor), Unit.AUDIO_SECONDS, AUDIO)
    return judge(report, None, Unit.CHARACTERS, CHARACTERS)  # Groq reports no characters


def _tokens(report: StreamReport) -> StreamVerdict:
    """Groq's own count, or LiveKit's reading of it for an object that was made by hand."""
    counted: Mapping[Unit, Decimal] | None = _used(report.vendor)
    sent = max(_count(report.vendor, "usage_chunks"), _count(report.vendor, "own_usages"))
    if counted is None and report.reported is not None and any(report.reported.units.values()):
        counted = report.reported.units
        sent = _count(report.vendor, "usage_events")
    if counted is None and _count(report.vendor, "error_status") >= 400:
        return StreamVerdict(Usage({}, "estimated"), "usage_missing", note=_REFUSED)
    if counted is None:
        report = _with_thoughts(report)
    return judge_tokens(report, counted, times_sent=max(1, sent))


def _with_thoughts(report: StreamReport) -> StreamReport:
    """The meter estimates an answer from the text that came; what the model thought is billed as
    well, and reached us."""
    thought = _count(report.vendor, "thought_chars")
    if not thought:
        return report
    seen = report.measured.units.get(Unit.OUTPUT_TOKENS, Decimal(0))
    units = {**report.measured.units, Unit.OUTPUT_TOKENS: seen + -(-thought // _CHARS_PER_TOKEN)}
    return dataclasses.replace(report, measured=Usage(units, "estimated"))


def _used(said: Mapping[str, object]) -> dict[Unit, Decimal] | None:
    """As disjoint units: Groq's `prompt_tokens` include what was cached. None where it counted
    nothing, for no prompt has 0 tokens."""
    prompt, cached = _count(said, "prompt_tokens"), _count(said, "cached_tokens")
    if not prompt:
        return None
    units = {
        Unit.INPUT_TOKENS: Decimal(max(0, prompt - cached)),
        Unit.OUTPUT_TOKENS: Decimal(_count(said, "completion_tokens")),
    }
    if cached:
        units[Unit.CACHED_INPUT_TOKENS] = Decimal(min(cached, prompt))
    return units


def _heard(said: Mapping[str, object]) -> dict[Unit, Decimal] | None:
    seconds = said.get("audio_seconds")
    if not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        return None
    return {Unit.AUDIO_SECONDS: Decimal(repr(seconds)).quantize(_MICRO)}


def _count(said: Mapping[str, object], name: str) -> int:
    value = said.get(name)
    return max(0, value) if isinstance(value, int) else 0
