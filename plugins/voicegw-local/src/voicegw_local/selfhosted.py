"""What a call costs that nobody bills, and which of its counts to believe."""

from __future__ import annotations

from decimal import Decimal

from voicegateway.types import (
    Modality,
    PriceQuote,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
    Verdict,
)

__all__ = ["no_charge", "verdict"]

_TOLERANCE = Decimal("0.02")
"""Relative. LiveKit rounds audio to frames; anything beyond is two different counts."""

_COUNTED = {
    Modality.STT: Unit.AUDIO_SECONDS,
    Modality.LLM: Unit.OUTPUT_TOKENS,
    Modality.TTS: Unit.CHARACTERS,
}


def no_charge(engine: str) -> PriceQuote:
    """An exact zero: there is no vendor. The power and the machine are the operator's, and can be
    priced with `pricing.overrides`."""
    return PriceQuote(
        amount_usd=Decimal(0),
        source=f"self-hosted: {engine} runs on this machine and nobody bills for it",
        confidence="exact",
    )


def verdict(report: StreamReport) -> StreamVerdict:
    """Tokens are the engine's own count, exact even for a turn that was cut off, because it is
    read beside every token. Audio and characters are what was handed to the engine, which the
    meter measures itself: LiveKit reports none of them for a turn that was interrupted."""
    if report.modality is Modality.LLM:
        return _tokens(report)
    return _handed_over(report)


def _tokens(report: StreamReport) -> StreamVerdict:
    if report.reported is None:
        note = "the engine was stopped before it had counted the prompt"
        return StreamVerdict(report.measured, _unreported(report), note=note)
    drift = _drift(report, report.reported)
    if drift is not None and abs(drift) > _TOLERANCE:
        note = "the engine's count is used"
        return StreamVerdict(report.reported, "mismatch", drift, note)
    status: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "confirmed"
    return StreamVerdict(report.reported, status, drift, "counted by the engine")


def _handed_over(report: StreamReport) -> StreamVerdict:
    if report.reported is None:
        note = "counted as it was handed to the engine"
        return StreamVerdict(report.measured, _unreported(report), note=note)
    drift = _drift(report, report.reported)
    if drift is None:
        return StreamVerdict(report.measured, "unverifiable", note="the two counts share no unit")
    if abs(drift) > _TOLERANCE:
        note = "what was handed to the engine is used"
        return StreamVerdict(report.measured, "mismatch", drift, note)
    status: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "confirmed"
    return StreamVerdict(report.measured, status, drift)


def _unreported(report: StreamReport) -> Verdict:
    return "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"


def _drift(report: StreamReport, reported: Usage) -> Decimal | None:
    unit = _COUNTED[report.modality]
    measured, said = report.measured.units.get(unit), reported.units.get(unit)
    if not measured or said is None:
        return None
    if report.measured.basis == "estimated":  # an estimate proves nothing against a count
        return None
    return (said - measured) / measured
