"""Whether a plugin describes itself, and judges streams that end in every way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args

from voicegateway.core.inspection import samples
from voicegateway.core.inspection.results import CheckResult, Step, failed, ok, skipped
from voicegateway.core.provider import Provider
from voicegateway.types import (
    Basis,
    ProviderInfo,
    StreamReport,
    StreamVerdict,
    Unit,
    Usage,
    Verdict,
)

__all__ = ["check_info", "check_verdicts", "is_usage"]

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def check_info(provider: Provider) -> CheckResult:
    if not provider.implements("provider_info"):
        return failed(Step.INFO, "it has no provider_info: the key variable comes from it")
    wrong = "; ".join(_gaps(provider, provider.provider_info()))
    return failed(Step.INFO, f"its provider_info {wrong}") if wrong else ok(Step.INFO)


def _gaps(provider: Provider, info: ProviderInfo) -> Iterator[str]:
    offered = provider.modalities()
    if not info.title.strip():
        yield "has no title"
    if info.modalities != offered:
        said, made = (", ".join(sorted(one)) or "none" for one in (info.modalities, offered))
        yield f"says modalities {said}, and it has factories for {made}"
    if not info.docs_url:
        yield "has no docs_url"
    if info.local:
        return
    if info.key_variable is None:
        yield "has no key_variable, and is not local"
    elif not _VARIABLE.fullmatch(info.key_variable):
        yield f"has a key_variable {info.key_variable!r}, which is no name of a variable"
    if not info.models:
        yield "names no models"


def check_verdicts(provider: Provider) -> CheckResult:
    if not provider.implements("validate_stream"):
        return skipped(Step.VERDICTS, "no validate_stream: the vendor's count is taken as it comes")
    for report in _reports(provider):
        wrong = _fault(report, provider.validate_stream(report))
        if wrong:
            said = "with" if report.reported else "without"
            what = f"{report.modality.upper()} that {report.outcome} {said} a vendor's count"
            return failed(Step.VERDICTS, f"its validate_stream, of {what}, {wrong}")
    return ok(Step.VERDICTS)


def _reports(provider: Provider) -> Iterator[StreamReport]:
    for modality in sorted(provider.modalities()):
        model = next(iter(samples.models_of(provider, modality)), samples.NO_MODEL)
        for outcome in ("completed", "cancelled", "failed"):
            for reported in (True, False):
                yield samples.report(provider.id, model, modality, outcome, reported=reported)


def _fault(report: StreamReport, verdict: StreamVerdict | None) -> str:
    if verdict is None:
        return ""
    if verdict.status not in get_args(Verdict):
        return f"gives the status {verdict.status!r}, and there are {', '.join(get_args(Verdict))}"
    if not is_usage(verdict.billable):
        return "bills units that are no finite Decimal, negative, or no Unit"
    if verdict.billable.basis not in get_args(Basis):
        return f"gives the basis {verdict.billable.basis!r}"
    if report.reported is None and verdict.billable.basis == "reported":
        return "calls units reported that nobody reported"
    return ""


def is_usage(usage: Usage) -> bool:
    return all(
        isinstance(unit, Unit)
        and isinstance(amount, Decimal)
        and amount.is_finite()
        and amount >= 0
        for unit, amount in usage.units.items()
    )
