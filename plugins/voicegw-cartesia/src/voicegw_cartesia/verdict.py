"""What of an attempt is priced.

Cartesia sends no count of anything: neither its audio nor its messages say what was billed. So no
row is `confirmed`; what is priced is what LiveKit's client sent, as near as it can be known, and
Cartesia's own bill rounds it a little ("approximately 1 credit per character")."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeGuard

from voicegateway.authoring import Tolerance
from voicegateway.types import Modality, StreamReport, StreamVerdict, Unit, Usage, Verdict

__all__ = ["judge_stream"]

_TEXT: Final = Decimal("0.02")
_AUDIO: Final = Tolerance(relative=Decimal("0.02"), absolute=Decimal(1))
_UNREPORTED: Final = "Cartesia sends no count of its own"
_FREE: Final = "nothing reached Cartesia, or it answered with an error: neither is charged for"


def judge_stream(report: StreamReport) -> StreamVerdict:
    if report.modality is Modality.TTS:
        return _speech(report)
    return _recognition(report)


def _speech(report: StreamReport) -> StreamVerdict:
    """Text that was pushed and not yet sent when a turn was cut off was never asked for."""
    unit = Unit.CHARACTERS
    pushed = report.measured.units.get(unit)
    if pushed is None:
        return _as_measured(report)
    if _is_refused(report):
        return _priced(report, unit, Decimal(0), _FREE)
    sent = _characters_sent(report.vendor)
    if sent is None or (not sent and report.first_output_ms is not None):
        return _priced(report, unit, pushed)
    if not sent:
        return _priced(report, unit, sent, _FREE)
    if report.outcome == "completed" and not _text_tolerance(report.vendor).allows(sent, pushed):
        return _differing(report, unit, sent, pushed)
    return _priced(report, unit, sent)


def _is_refused(report: StreamReport) -> bool:
    """Cartesia's error message is also the last of its turn, and LiveKit's client may see no more
    in it than a turn that ended without any audio."""
    if report.outcome != "failed" or report.first_output_ms is not None:
        return False
    return report.vendor.get("refused") is True or report.vendor.get("finished") is True


def _characters_sent(vendor: Mapping[str, object]) -> Decimal | None:
    """Sentences with one space between each two: LiveKit's client sends a space behind each,
    which is no part of the text. None if its messages could not be read."""
    characters, sentences = vendor.get("characters"), vendor.get("sentences")
    if vendor.get("unreadable") or not _is_count(characters) or not _is_count(sentences):
        return None
    return Decimal(characters + max(0, sentences - 1))


def _text_tolerance(vendor: Mapping[str, object]) -> Tolerance:
    """A fiftieth, or two characters around each sentence: empty lines are not sent."""
    sentences = vendor.get("sentences")
    around = 2 * (sentences + 1) if _is_count(sentences) else 0
    return Tolerance(relative=_TEXT, absolute=Decimal(around))


def _is_count(fact: object) -> TypeGuard[int]:
    return isinstance(fact, int) and fact >= 0


def _recognition(report: StreamReport) -> StreamVerdict:
    """LiveKit's client counts the audio that it sends: Ink 2's to the end, Ink Whisper's up to the
    last final transcript, so that what came after it is known from what was pushed alone."""
    unit = Unit.AUDIO_SECONDS
    pushed = report.measured.units.get(unit)
    if pushed is None:
        return _as_measured(report)
    if report.vendor.get("connections") == 0:
        return _priced(report, unit, Decimal(0), _FREE)
    sent = (report.reported or Usage({})).units.get(unit)
    if sent is None or (sent <= pushed and report.model.startswith("ink-whisper")):
        return _priced(report, unit, pushed)
    if not _AUDIO.allows(sent, pushed):
        return _differing(report, unit, sent, pushed)
    return _priced(report, unit, sent)


def _priced(
    report: StreamReport, unit: Unit, amount: Decimal, note: str = _UNREPORTED
) -> StreamVerdict:
    return StreamVerdict(_with(report, unit, amount), _status(report), note=note)


def _as_measured(report: StreamReport) -> StreamVerdict:
    """A call that was closed before it began."""
    return StreamVerdict(report.measured, _status(report), note=_FREE)


def _status(report: StreamReport) -> Verdict:
    return "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"


def _differing(report: StreamReport, unit: Unit, sent: Decimal, pushed: Decimal) -> StreamVerdict:
    note = f"LiveKit's client sent {sent} {unit} of {pushed} it was given; what was sent is priced"
    drift = (sent - pushed) / pushed if pushed else None
    return StreamVerdict(_with(report, unit, sent), "mismatch", drift, note)


def _with(report: StreamReport, unit: Unit, amount: Decimal) -> Usage:
    """What was measured, but for the unit that is billed. Of nothing nothing else was used."""
    if not amount:
        return Usage({unit: amount}, "measured")
    return Usage({**report.measured.units, unit: amount}, "measured")
