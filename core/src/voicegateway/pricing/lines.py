"""The lines of a quote: what each rate of a catalog entry makes of what was consumed."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from voicegateway.pricing.amounts import ARITHMETIC, price_of
from voicegateway.pricing.entries import Addon, CatalogRate, Entry
from voicegateway.types import PriceLine, PriceTerms, Usage

__all__ = ["addon_lines", "lines_of"]


def lines_of(entry: Entry, usage: Usage, terms: PriceTerms) -> list[PriceLine]:
    """Of the entry's rates, without add-ons; none if it bills nothing that was counted."""
    units = usage.units
    lines = []
    for rate in entry.rates:
        quantity = units.get(rate.unit)
        if quantity is None:
            continue
        if rate.is_plain:
            amount = price_of(quantity, rate.usd, rate.per)
            lines.append(PriceLine(rate.unit, quantity, quantity, rate.usd, rate.per, amount))
        else:
            lines.append(_line(rate, quantity, terms))
    return lines


def _line(rate: CatalogRate, quantity: Decimal, terms: PriceTerms) -> PriceLine:
    billed, rules = quantity, []
    if quantity and billed < rate.minimum:
        billed = rate.minimum
        rules.append(f"at least {rate.minimum} {rate.unit} a request")
    if rate.increment:
        steps = (billed / rate.increment).to_integral_value(rounding=ROUND_CEILING)
        if steps * rate.increment != billed:
            billed = steps * rate.increment
            rules.append(f"in steps of {rate.increment}")
    if rate.per_channel and terms.channels > 1:
        billed *= terms.channels
        rules.append(f"{terms.channels} channels")
    if rate.credits is not None:
        billed *= rate.credits
        rules.append(f"{rate.credits} credits each")
    amount = price_of(billed, rate.usd, rate.per)
    return PriceLine(rate.unit, quantity, billed, rate.usd, rate.per, amount, ", ".join(rules))


def addon_lines(name: str, addon: Addon, base: tuple[PriceLine, ...]) -> list[PriceLine]:
    """A rate of its own is on the quantity of the first rate, a percentage on every rate."""
    if addon.usd is not None:
        return [_on_top(base[0], addon.usd, addon.per, f"add-on {name}")]
    percent = addon.percent or Decimal(0)
    rule = f"add-on {name}, {percent} % of the rate"
    return [
        _on_top(line, ARITHMETIC.multiply(line.rate_usd, percent), line.per * 100, rule)
        for line in base
    ]


def _on_top(line: PriceLine, usd: Decimal, per: Decimal, rule: str) -> PriceLine:
    amount = price_of(line.billed, usd, per)
    return PriceLine(line.unit, line.quantity, line.billed, usd, per, amount, rule)
