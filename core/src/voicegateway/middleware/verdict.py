"""What is priced where a plugin's `validate_stream` has no opinion."""

from __future__ import annotations

from decimal import Decimal

from voicegateway.types import StreamReport, StreamVerdict, Unit, Usage

__all__ = ["default_verdict"]

_TOLERANCE = Decimal("0.02")
_ABSOLUTE = Decimal(1)
"""One second, token or character: rounding is not drift."""


def default_verdict(report: StreamReport) -> StreamVerdict:
    """The vendor's units where it sent any, else ours; agreement is judged where both counted
    the same unit by measuring, since an estimate confirms nothing."""
    if report.reported is None:
        cut_off = report.outcome == "cancelled"
        return StreamVerdict(report.measured, "cancelled_partial" if cut_off else "usage_missing")
    shared = [unit for unit in report.reported.units if report.measured.units.get(unit)]
    if report.measured.basis == "estimated" or not shared:
        return StreamVerdict(report.reported, "unverifiable", note="nothing measured to compare")
    drift = max((_drift(report.reported, report.measured, unit) for unit in shared), key=abs)
    worst = max(abs(report.reported.units[u] - report.measured.units[u]) for u in shared)
    agree = abs(drift) <= _TOLERANCE or worst <= _ABSOLUTE
    return StreamVerdict(report.reported, "confirmed" if agree else "mismatch", drift=drift)


def _drift(reported: Usage, measured: Usage, unit: Unit) -> Decimal:
    return (reported.units[unit] - measured.units[unit]) / measured.units[unit]
