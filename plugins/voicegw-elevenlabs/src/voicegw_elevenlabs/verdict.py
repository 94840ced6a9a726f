"""Whether ElevenLabs' count of an attempt agrees with ours.

Requests over HTTP are counted by the vendor: text in headers, audio in the body of the answer. Over
a WebSocket it counts nothing, and what was sent is what is priced.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal, InvalidOperation
from typing import Final

from voicegateway.authoring import Tolerance, judge
from voicegateway.authoring.verdicts import AUDIO, CHARACTERS
from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage
from voicegw_elevenlabs.pricing import credits_for

__all__ = ["judge_report"]

_WHOLE_CREDITS: Final = Tolerance(absolute=Decimal(1))
"""A request costs a whole number of credits."""
_ABSURD: Final = Decimal(10) ** 12
"""No request has so many characters, credits or seconds."""


def judge_report(report: StreamReport) -> StreamVerdict:
    """What of one attempt is priced."""
    if report.modality is Modality.TTS:
        return _spoken(report)
    return _heard(report)


def _spoken(report: StreamReport) -> StreamVerdict:
    seen = report.measured.units.get(Unit.CHARACTERS, Decimal(0))
    characters, cost = _said(report, seen)
    if characters is None:
        if cost is None:
            return judge(_with_sent_text(report), None, Unit.CHARACTERS, CHARACTERS)
        return _by_credits(report, seen, cost)
    units = {Unit.CHARACTERS: characters}
    if cost is not None:
        units[Unit.CREDITS] = cost
    return judge(report, units, Unit.CHARACTERS, CHARACTERS, times_sent=_times_sent(report))


def _said(report: StreamReport, seen: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Characters and credits as the headers have them. The documents call `x-character-count` the
    cost of a request in one place: where it says the same as `character-cost`, or half of what
    was sent and less, it is taken for that."""
    characters = _number(report.vendor.get("character_count"))
    cost = _number(report.vendor.get("character_cost"))
    if characters is None or characters == seen:
        return characters, cost
    if characters == cost or characters <= (seen + 1) // 2:
        return None, characters if cost is None else cost
    return characters, cost


def _by_credits(report: StreamReport, seen: Decimal, cost: Decimal) -> StreamVerdict:
    """Without a count of characters: the credits confirm ours at the rate of the help centre, and
    are too many for a voice that costs a multiple. Fewer say nothing, for ElevenLabs takes less
    from requests to its API and does not print how much."""
    units = {Unit.CHARACTERS: seen, Unit.CREDITS: cost}
    expected = credits_for(report.model, seen)
    if expected is not None and cost + 1 < expected:
        note = f"{cost} credits, where the help centre's rate makes {expected}"
        cut_off = report.outcome == "cancelled"
        return StreamVerdict(
            Usage(units), "cancelled_partial" if cut_off else "unverifiable", note=note
        )
    times = _times_sent(report)
    return judge(report, units, Unit.CREDITS, _WHOLE_CREDITS, against=expected, times_sent=times)


def _times_sent(report: StreamReport) -> int:
    return int(_number(report.vendor.get("times_sent")) or 1)


def _with_sent_text(report: StreamReport) -> StreamReport:
    """The characters that went to the vendor instead of those that were pushed: text still waiting
    for the end of its sentence has cost nothing. LiveKit's client puts a space behind each piece;
    the last of them is nobody's text."""
    sent = _number(report.vendor.get("sent_characters"))
    if sent is None:
        return report
    return _replaced(report, Unit.CHARACTERS, max(Decimal(0), sent - 1))


def _heard(report: StreamReport) -> StreamVerdict:
    seconds = _number(report.vendor.get("audio_duration_secs"))
    if seconds is not None:
        return judge(report, {Unit.AUDIO_SECONDS: seconds}, Unit.AUDIO_SECONDS, AUDIO)
    return judge(_with_sent_audio(report), None, Unit.AUDIO_SECONDS, AUDIO)


def _with_sent_audio(report: StreamReport) -> StreamReport:
    """The client's own sum of the audio it sent, silence before a commit included. It is whole
    only where our stream has flushed it; else the larger of it and what was pushed counts."""
    if report.reported is None and not report.vendor.get("audio_flushed"):
        return report
    said = report.reported.units if report.reported is not None else {}
    sent = said.get(Unit.AUDIO_SECONDS, Decimal(0))
    if not report.vendor.get("audio_flushed"):
        sent = max(sent, report.measured.units.get(Unit.AUDIO_SECONDS, Decimal(0)))
    return _replaced(report, Unit.AUDIO_SECONDS, sent)


def _replaced(report: StreamReport, unit: Unit, amount: Decimal) -> StreamReport:
    units = {**report.measured.units, unit: amount}
    return dataclasses.replace(report, measured=Usage(units, report.measured.basis))


def _number(value: object) -> Decimal | None:
    """A header or a number of JSON; None for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < _ABSURD else None
