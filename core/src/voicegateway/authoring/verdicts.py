"""Whether the vendor's count and ours agree, and which of them is priced.

The tolerances are those of a first proposal, not yet tuned on recorded traffic: characters are
counted alike to the last one, seconds differ by a frame or two, tokens are estimated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.types import StreamReport, StreamVerdict, Unit, Usage, Verdict

__all__ = ["AUDIO", "CHARACTERS", "SESSION", "TOKENS", "Tolerance", "judge", "judge_tokens"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Counts agree when they differ by at most `absolute` units or `relative` of ours."""

    relative: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)

    def allows(self, said: Decimal, seen: Decimal) -> bool:
        return abs(said - seen) <= max(self.absolute, self.relative * seen)


CHARACTERS: Final = Tolerance()
AUDIO: Final = Tolerance(relative=Decimal("0.02"), absolute=Decimal(1))
SESSION: Final = Tolerance(absolute=Decimal(1))
TOKENS: Final = Tolerance(relative=Decimal("0.15"), absolute=Decimal(8))


def judge(
    report: StreamReport,
    reported: Mapping[Unit, Decimal] | None,
    compare: Unit,
    tolerance: Tolerance,
    *,
    against: Decimal | None = None,
    times_sent: int = 1,
) -> StreamVerdict:
    """The vendor's units are priced where it sent any, else what the meter measured.

    `compare` is the unit that both counted; `against` what we measured of it, unless it is in
    `report.measured`. `times_sent` above 1 says that the vendor sent one total more than once,
    of which `reported` is the last: the verdict is then `duplicate`."""
    if not reported:
        return StreamVerdict(report.measured, _unreported(report))
    billable = Usage(reported, "reported")
    seen = report.measured.units.get(compare) if against is None else against
    said = reported.get(compare)
    if said is None or seen is None:
        return StreamVerdict(billable, "unverifiable", note="the two counts share no unit")
    drift = (said - seen) / seen if seen else None
    if not tolerance.allows(said, seen):
        note = f"the vendor counted {said} {compare}, we {seen}; the vendor's count is priced"
        return StreamVerdict(billable, "mismatch", drift, note)
    if times_sent > 1:
        note = f"the vendor sent its total {times_sent} times; the last is priced, once"
        return StreamVerdict(billable, "duplicate", drift, note)
    status: Verdict = "cancelled_partial" if report.outcome == "cancelled" else "confirmed"
    return StreamVerdict(billable, status, drift)


def judge_tokens(
    report: StreamReport, reported: Mapping[Unit, Decimal] | None, *, times_sent: int = 1
) -> StreamVerdict:
    """As `judge`, for a language model: output tokens are compared with an estimate from the text
    that came. Reasoning is billed and never seen, so a model that reasoned may report any more."""
    unit = Unit.OUTPUT_TOKENS
    seen = report.measured.units.get(unit, Decimal(0))
    said = (reported or {}).get(unit)
    reasoned = said is not None and bool(report.vendor.get("reasoning_tokens"))
    if said is not None and reasoned and said > seen:
        seen = said
    return judge(report, reported, unit, TOKENS, against=seen, times_sent=times_sent)


def _unreported(report: StreamReport) -> Verdict:
    return "cancelled_partial" if report.outcome == "cancelled" else "usage_missing"
