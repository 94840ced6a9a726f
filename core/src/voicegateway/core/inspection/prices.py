"""Whether a plugin's prices hold: known or honestly unknown, and shown with their dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from voicegateway.core.inspection import samples
from voicegateway.core.inspection.results import CheckResult, Step, failed, ok, skipped
from voicegateway.core.provider import Provider
from voicegateway.pricing.amounts import price_of
from voicegateway.types import ListedRate, Modality, PriceQuote, Unit, Usage

__all__ = ["check_prices", "check_rates"]

_NEAR = Decimal("1e-20")


def check_rates(provider: Provider) -> CheckResult:
    if not provider.implements("list_rates"):
        return skipped(Step.RATES, "no list_rates: `voicegw prices` has nothing of it")
    rates = list(provider.list_rates() or ())
    wrong = [what for rate in rates if (what := _undated(rate))]
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return failed(Step.RATES, f"its list_rates has {wrong[0]}{more}")
    return ok(Step.RATES)


def _undated(rate: ListedRate) -> str:
    name = f"a rate of {rate.model!r} ({rate.unit})"
    if not _is_amount(rate.rate_usd) or not _is_amount(rate.per) or not rate.per:
        return f"{name} that is no amount: {rate.rate_usd} / {rate.per}"
    if rate.checked_on is None:
        return f"{name} without the day it was checked on"
    if rate.checked_on > datetime.now(UTC).date():
        return f"{name} checked on {rate.checked_on}, which is still to come"
    return "" if rate.source else f"{name} without a source"


def _is_amount(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value >= 0


def check_prices(provider: Provider) -> CheckResult:
    if not provider.implements("price_usage"):
        return skipped(Step.PRICES, "no price_usage: every call's price is unknown")
    for modality in sorted(provider.modalities()):
        for model in [*samples.models_of(provider, modality), samples.NO_MODEL]:
            wrong = next(_faults(provider, model, modality), None)
            if wrong:
                what = f"{modality.upper()} model {model!r}"
                return failed(Step.PRICES, f"its price_usage, for the {what}, {wrong}")
    return ok(Step.PRICES)


def _faults(provider: Provider, model: str, modality: Modality) -> Iterator[str]:
    used = samples.USED[modality]
    terms = samples.terms()

    def ask(units: dict[Unit, Decimal]) -> PriceQuote | None:
        return provider.price_usage(model, modality, Usage(units), terms)

    quote = ask(used)
    yield from _unsound(quote)
    invented = model == samples.NO_MODEL and not provider.provider_info().local
    if invented and _amount(quote) is not None:
        yield f"says {_amount(quote)} though nobody sells it: None is an unknown price"
    backwards = ask(dict(reversed(used.items())))
    if _amount(backwards) != _amount(quote):
        yield "depends on the order of the units"
    nothing = _amount(ask(dict.fromkeys(used, Decimal(0))))
    if nothing:
        yield f"takes {nothing} for no use at all"
    yield from _unsound(ask({}))
    yield from _unsound(ask(dict.fromkeys(Unit, Decimal(1))))


def _amount(quote: PriceQuote | None) -> Decimal | None:
    return None if quote is None else quote.amount_usd


def _unsound(quote: PriceQuote | None) -> Iterator[str]:
    if quote is None:
        return
    for line in quote.lines:
        made = price_of(line.billed, line.rate_usd, line.per)
        if abs(made - line.amount_usd) > _NEAR:
            yield f"has a line whose amount is not billed * rate_usd / per: {line.amount_usd}"
    if quote.amount_usd is None:
        if quote.confidence != "unknown":
            yield f"gives no amount and calls that {quote.confidence}"
        return
    if quote.amount_usd < 0:
        yield "gives a negative amount"
    if quote.unpriced:
        yield "gives an amount though units are unpriced: it must then be None"
    total = sum((line.amount_usd for line in quote.lines), Decimal(0))
    if quote.lines and abs(total - quote.amount_usd) > _NEAR:
        yield f"gives {quote.amount_usd}, and its lines make {total}"
    if not quote.source:
        yield "gives an amount without a source"
