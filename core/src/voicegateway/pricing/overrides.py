"""The operator's own rates (`pricing.overrides`), which win over every price list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase

from voicegateway.types import Mode, PriceLine, PriceQuote, PriceTerms, Unit, Usage

__all__ = ["Overrides", "Rate", "RateOverride"]


@dataclass(frozen=True, slots=True)
class Rate:
    """`usd` for every `per` units, as it was written."""

    usd: Decimal
    per: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RateOverride:
    """Rates for the models that match. Of several that do, the last valid one applies."""

    provider: str
    rates: Mapping[Unit, Rate]
    model: str = "*"
    mode: Mode | None = None
    plan: str | None = None
    """The vendor's plan that they are for; None: whatever the plan."""
    valid_from: date | None = None
    note: str = ""

    def applies(self, provider: str, model: str, terms: PriceTerms) -> bool:
        return (
            fnmatchcase(provider, self.provider)
            and fnmatchcase(model, self.model)
            and self.mode in (None, terms.mode)
            and self.plan in (None, terms.plan)
            and (self.valid_from is None or self.valid_from <= terms.at.date())
        )

    def quote(self, usage: Usage) -> PriceQuote | None:
        """Units without a rate are not billed: the operator's list is the whole list. None where
        only the price of a credit is known and the vendor named no credits."""
        if self.rates.keys() == {Unit.CREDITS} and Unit.CREDITS not in usage.units:
            return None
        lines = tuple(
            _line(unit, quantity, self.rates[unit])
            for unit, quantity in usage.units.items()
            if unit in self.rates
        )
        return PriceQuote(
            amount_usd=sum((line.amount_usd for line in lines), Decimal(0)),
            lines=lines,
            confidence="estimated" if usage.basis == "estimated" else "exact",
            source=f"operator: {self.note}" if self.note else "operator",
            as_of=self.valid_from,
        )


def _line(unit: Unit, quantity: Decimal, rate: Rate) -> PriceLine:
    amount = quantity * rate.usd / rate.per
    return PriceLine(unit, quantity, quantity, rate.usd, rate.per, amount)


class Overrides:
    """All of them, in the order of the config."""

    def __init__(self, overrides: Sequence[RateOverride] = ()) -> None:
        self._overrides = tuple(reversed(overrides))

    def quote(
        self, provider: str, model: str, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        for override in self._overrides:
            if override.applies(provider, model, terms):
                quote = override.quote(usage)
                if quote is not None:
                    return quote
        return None
