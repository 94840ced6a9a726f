"""Which of the counts of an attempt to believe."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Final

from voicegateway.authoring import Tolerance, judge, judge_tokens
from voicegateway.authoring.verdicts import AUDIO
from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage, Verdict
from voicegw_openai.counters import count_of
from voicegw_openai.units import language_units, transcription_units

__all__ = ["judge_stream"]

_BY_CHARACTER: Final = "tts-1"
_COMMITTED_BY_CLIENT: Final = ("gpt-realtime-whisper", "gpt-live-transcribe")
"""They transcribe as they hear, and find no beginning and end of speech themselves."""
_TOKENS_A_SECOND: Final = Decimal(20)
"""Of speech that was made, as a bill showed on 2 November 2025:
https://raw.githubusercontent.com/sanand0/blog/main/posts/2025/openai-tts-cost.md"""
_SPEECH: Final = Tolerance(relative=Decimal("0.25"), absolute=Decimal(20))
_CHARACTERS_A_TOKEN: Final = Decimal(4)
_TRANSCRIPT: Final = Tolerance(absolute=Decimal(8))


def judge_stream(report: StreamReport) -> StreamVerdict:
    if report.modality is Modality.LLM:
        return _language(report)
    if report.modality is Modality.TTS:
        return _speech(report)
    return _transcription(report)


def _language(report: StreamReport) -> StreamVerdict:
    """The vendor's last total. LiveKit hands on that of a completed answer; of one that was
    incomplete or failed we have it from the answer itself."""
    units = language_units(report.vendor.get("usage"))
    said = units or (report.reported.units if report.reported else None)
    times = max(count_of(report.vendor, "usage_events"), count_of(report.vendor, "totals"))
    return judge_tokens(report, said, times_sent=times)


def _speech(report: StreamReport) -> StreamVerdict:
    if report.model.startswith(_BY_CHARACTER):
        return _characters(report)
    if report.reported is None:
        status: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"
        note = "OpenAI sent no usage: estimated from the text and the audio that came"
        return StreamVerdict(_estimated_speech(report), status, note=note)
    unit, seconds = Unit.OUTPUT_AUDIO_TOKENS, _measured(report, Unit.AUDIO_SECONDS)
    return judge(report, report.reported.units, unit, _SPEECH, against=seconds * _TOKENS_A_SECOND)


def _characters(report: StreamReport) -> StreamVerdict:
    """tts-1 is billed by the characters that were sent, however much of the speech was heard, and
    OpenAI does not say how many it counted."""
    note = "OpenAI does not report characters: ours are those of the text that was sent"
    status: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "unverifiable"
    return StreamVerdict(report.measured, status, note=note)


def _estimated_speech(report: StreamReport) -> Usage:
    characters = _measured(report, Unit.CHARACTERS)
    spoken = _measured(report, Unit.AUDIO_SECONDS) * _TOKENS_A_SECOND
    if not characters:
        return Usage({}, "estimated")
    return Usage(
        {
            Unit.INPUT_TOKENS: _whole(characters / _CHARACTERS_A_TOKEN),
            Unit.OUTPUT_AUDIO_TOKENS: _whole(spoken),
        },
        "estimated",
    )


def _transcription(report: StreamReport) -> StreamVerdict:
    units = transcription_units(report.vendor)
    if not units:
        return _untold(report)
    times = 1 + count_of(report.vendor, "repeated")
    if Unit.AUDIO_SECONDS in units:
        seen = _measured(report, Unit.AUDIO_SECONDS)
        if report.terms.mode == "realtime":  # only what was committed is transcribed
            seen = min(seen, units[Unit.AUDIO_SECONDS])
        verdict = judge(report, units, Unit.AUDIO_SECONDS, AUDIO, against=seen, times_sent=times)
    else:
        said = units[Unit.OUTPUT_TOKENS]
        verdict = judge(
            report,
            units,
            Unit.OUTPUT_TOKENS,
            _TRANSCRIPT,
            against=_plausible(said, report.output_chars),
            times_sent=times,
        )
    return _whole_of(report, verdict)


def _plausible(said: Decimal, characters: int) -> Decimal:
    """What of the vendor's count the transcript bears out: a token is one character, as in
    Chinese, to eight."""
    return min(max(said, Decimal(characters) / 8), Decimal(characters))


def _whole_of(report: StreamReport, verdict: StreamVerdict) -> StreamVerdict:
    """A stream that was closed before the last transcripts came has not all of its usage."""
    facts = report.vendor
    had = count_of(facts, "transcriptions") + count_of(facts, "failed_transcriptions")
    due = count_of(facts, "committed")
    if had >= due:
        return verdict
    note = f"{due - had} of {due} transcriptions ended without usage, and are not in the units"
    return StreamVerdict(verdict.billable, "usage_missing", verdict.drift, note)


def _untold(report: StreamReport) -> StreamVerdict:
    """No counter of the vendor's. What LiveKit makes of a realtime stream are tokens or else the
    time somebody spoke, which nobody bills."""
    heard = report.reported.units if report.reported else {}
    if heard.get(Unit.INPUT_AUDIO_TOKENS):
        billed = dict(heard)
        billed.pop(Unit.AUDIO_SECONDS, None)
        return StreamVerdict(
            Usage(billed, "reported"), "unverifiable", note="as LiveKit reads the usage"
        )
    if _was_silent(report):
        note = "OpenAI heard no speech, and transcribed nothing"
        return StreamVerdict(Usage({}, "reported"), "confirmed", note=note)
    return judge(report, None, Unit.AUDIO_SECONDS, AUDIO)


def _was_silent(report: StreamReport) -> bool:
    """OpenAI listened until the end, and found no speech that it would have transcribed: empty
    audio is filtered out (https://developers.openai.com/api/docs/guides/realtime-costs)."""
    facts = report.vendor
    listened = facts.get("connected") is True and report.outcome == "completed"
    heard = count_of(facts, "committed") or facts.get("heard_speech") is True
    return listened and not heard and not report.model.startswith(_COMMITTED_BY_CLIENT)


def _measured(report: StreamReport, unit: Unit) -> Decimal:
    return report.measured.units.get(unit, Decimal(0))


def _whole(count: Decimal) -> Decimal:
    return count.to_integral_value(rounding=ROUND_CEILING)
