"""Dated price catalogs: one TOML file a plugin (see `voicegateway.pricing.entries`), read on first
use, and the quotes that are made from it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import resources
from typing import Final

from voicegateway.pricing.amounts import ARITHMETIC, price_of, sum_of
from voicegateway.pricing.entries import Addon, CatalogError, CatalogRate, Entry, read_entry
from voicegateway.types import (
    Confidence,
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    Unit,
    Usage,
)

__all__ = ["Catalog", "CatalogError", "packaged_catalog", "read_catalog"]

_STALE_DAYS: Final = 365
"""A rate that nobody has checked for so long before the call is no longer called exact."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The entries of one file, in its order: of several that fit, the first applies."""

    entries: tuple[Entry, ...]

    def quote(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        """None for a model that the catalog does not know. A model that it knows, but not on
        these terms or that day, is quoted as unknown and the source says why."""
        known = [entry for entry in self.entries if entry.fits_model(model, modality)]
        if not known:
            return None
        fitting = [entry for entry in known if entry.fits_terms(terms)]
        in_force = [
            entry for entry in fitting if entry.fits_day(terms.at) and entry.fits_size(usage.units)
        ]
        if not in_force:
            return _unpriced(known, usage, _why_not(terms, fitting))
        if not any(usage.units.values()):
            return _nothing_used(in_force[0])
        for entry in in_force:
            if any(usage.units.get(rate.unit) is not None for rate in entry.rates):
                return _quote(entry, usage, terms)
        return _unpriced(in_force, usage, "the units it is billed by were not counted")

    def plans(self) -> list[str]:
        """The plans that some entry is for, besides pay as you go."""
        return sorted({e.plan for e in self.entries if e.plan is not None and e.plan != "*"})

    def listed(self) -> Iterator[ListedRate]:
        """Every rate, for `voicegw prices`."""
        for entry in self.entries:
            for rate in entry.rates:
                yield ListedRate(
                    model=", ".join(entry.models),
                    modality=entry.modality,
                    unit=rate.unit,
                    rate_usd=rate.usd,
                    per=rate.per,
                    mode=entry.mode,
                    plan=entry.plan,
                    rule=_rules(entry, rate),
                    source=entry.source,
                    source_url=entry.source_url,
                    checked_on=entry.checked_on,
                    valid_from=entry.valid_from,
                    valid_to=entry.valid_to,
                    disputed=entry.disputed,
                )


def read_catalog(text: str, name: str) -> Catalog:
    """Raises `CatalogError`, which says what is wrong where in the file `name`."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{name} is not TOML: {error}.") from error
    unknown = raw.keys() - {"entry"}
    entries = raw.get("entry", [])
    if unknown or not isinstance(entries, list):
        raise CatalogError(f"{name} may hold [[entry]] tables and nothing else.")
    return Catalog(
        tuple(read_entry(entry, f"{name}, entry {i}") for i, entry in enumerate(entries, 1))
    )


@cache
def packaged_catalog(package: str, name: str = "prices.toml") -> Catalog:
    """The catalog that lies in `package`; read once."""
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return read_catalog(text, f"{package}/{name}")


def _quote(entry: Entry, usage: Usage, terms: PriceTerms) -> PriceQuote:
    lines = [
        _line(rate, usage.units[rate.unit], terms)
        for rate in entry.rates
        if usage.units.get(rate.unit) is not None
    ]
    first = lines[0]
    unknown = terms.addons - entry.addons.keys()
    base = tuple(lines)
    for name in sorted(terms.addons & entry.addons.keys()):
        lines += _addon_lines(name, entry.addons[name], base)
    total = None if unknown else sum_of(line.amount_usd for line in lines)
    source = entry.source
    if unknown:
        source += f" (it has no rate for the add-on {', '.join(sorted(unknown))})"
    return PriceQuote(
        amount_usd=total,
        lines=tuple(lines),
        unpriced=(first.unit,) if unknown else (),
        confidence="unknown" if unknown else _confidence(entry, usage, terms),
        source=f"{source}; disputed: {entry.disputed}" if entry.disputed else source,
        source_url=entry.source_url,
        as_of=entry.checked_on,
    )


def _confidence(entry: Entry, usage: Usage, terms: PriceTerms) -> Confidence:
    age = (terms.at.astimezone(UTC).date() - entry.checked_on).days
    sure = usage.basis != "estimated" and not entry.disputed and age <= _STALE_DAYS
    return "exact" if sure else "estimated"


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


def _addon_lines(name: str, addon: Addon, base: tuple[PriceLine, ...]) -> list[PriceLine]:
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


def _nothing_used(entry: Entry) -> PriceQuote:
    return PriceQuote(
        Decimal(0), source=entry.source, source_url=entry.source_url, as_of=entry.checked_on
    )


def _unpriced(entries: list[Entry], usage: Usage, why: str) -> PriceQuote:
    billed = {rate.unit for entry in entries for rate in entry.rates}
    units: tuple[Unit, ...] = tuple(unit for unit in usage.units if unit in billed)
    first = entries[0]
    return PriceQuote(
        None,
        unpriced=units or (first.rates[0].unit,),
        confidence="unknown",
        source=f"{first.source}: no rate, {why}",
        source_url=first.source_url,
        as_of=first.checked_on,
    )


def _why_not(terms: PriceTerms, fitting: list[Entry]) -> str:
    day: date = terms.at.astimezone(UTC).date()
    if fitting:
        return f"none is in force on {day}"
    plan = f"plan {terms.plan}" if terms.plan else "pay as you go"
    tier = f", service tier {terms.service_tier}" if terms.service_tier else ""
    return f"none is for {terms.mode}, {plan}{tier}"


def _rules(entry: Entry, rate: CatalogRate) -> str:
    rules = []
    if rate.credits is not None:
        rules.append(f"{rate.credits} credits each")
    if rate.minimum:
        rules.append(f"at least {rate.minimum}")
    if rate.increment:
        rules.append(f"in steps of {rate.increment}")
    if rate.per_channel:
        rules.append("each channel")
    if entry.above_input_tokens:
        rules.append(f"above {entry.above_input_tokens} input tokens")
    if entry.service_tier:
        rules.append(f"service tier {entry.service_tier}")
    rules += [f"add-on {name}" for name in entry.addons]
    return ", ".join(rules)
