"""What of an attempt is priced."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from voicegateway.authoring import judge
from voicegateway.authoring.verdicts import AUDIO, SESSION
from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage

__all__ = ["judge_stream"]

_UNTERMINATED: Final = (
    "AssemblyAI did not say how long the session was: our own time is priced, and a session that "
    "it does not know to have ended is billed for up to three hours"
)
_MILLI: Final = 1000


def judge_stream(report: StreamReport) -> StreamVerdict:
    if report.modality is Modality.TTS:
        return _speech(report)
    return _session(report)


def _session(report: StreamReport) -> StreamVerdict:
    """Whole seconds that the session was open, by AssemblyAI's clock; what LiveKit's client sums up
    of the audio it sent is no count of AssemblyAI's."""
    if report.vendor.get("sessions") == 0:
        return judge(_of_nothing(report), None, Unit.SESSION_SECONDS, SESSION)
    seconds = _amount(report.vendor, "session_duration_seconds")
    if seconds is None:
        verdict = judge(report, None, Unit.SESSION_SECONDS, SESSION)
        return dataclasses.replace(verdict, note=_UNTERMINATED)
    units = {Unit.SESSION_SECONDS: seconds}
    heard = _amount(report.vendor, "audio_duration_seconds")
    if heard is not None:
        units[Unit.AUDIO_SECONDS] = heard
    times = _amount(report.vendor, "terminations") or Decimal(1)
    return judge(report, units, Unit.SESSION_SECONDS, SESSION, times_sent=int(times))


def _of_nothing(report: StreamReport) -> StreamReport:
    """Of an attempt that never came to a session: none is billed."""
    nothing = Usage({Unit.SESSION_SECONDS: Decimal(0)}, "measured")
    return dataclasses.replace(report, measured=nothing)


def _speech(report: StreamReport) -> StreamVerdict:
    """The length of the audio is AssemblyAI's, the text what was sent to it."""
    sent = _characters_sent(report)
    units = dict(report.measured.units)
    if sent is not None and Unit.CHARACTERS in units:
        units[Unit.CHARACTERS] = sent
    made = _amount(report.vendor, "audio_ms")
    if made is None:
        measured = dataclasses.replace(report, measured=Usage(units, "measured"))
        return judge(measured, None, Unit.AUDIO_SECONDS, AUDIO)
    return judge(report, {**units, Unit.AUDIO_SECONDS: made / _MILLI}, Unit.AUDIO_SECONDS, AUDIO)


def _characters_sent(report: StreamReport) -> Decimal | None:
    """Sentences with one space between each two. None if the frames could not be read, or held no
    text although speech came."""
    characters = _amount(report.vendor, "characters")
    sentences = _amount(report.vendor, "sentences")
    if characters is None or sentences is None or report.vendor.get("unreadable"):
        return None
    if not sentences and report.first_output_ms is not None:
        return None
    return characters + max(Decimal(0), sentences - 1)


def _amount(vendor: Mapping[str, object], name: str) -> Decimal | None:
    """None for what is no finite number from 0 up."""
    value = vendor.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value)) if math.isfinite(value) and value >= 0 else None
