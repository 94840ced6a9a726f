"""Dated price catalogs: one TOML file a plugin (see `voicegateway.pricing.entries`), read on first
use, and the quotes that are made from it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from voicegateway.pricing.amounts import sum_of
from voicegateway.pricing.entries import CatalogError, CatalogRate, Entry, read_entry
from voicegateway.pricing.lines import addon_lines, lines_of
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
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class _Choice:
    """The entries for one model on one set of terms and one day (UTC)."""

    day: date
    known: list[Entry]
    """For the model."""
    fitting: list[Entry]
    """Of those, for the terms."""
    in_force: list[Entry]
    """Of those, for the day."""

    def in_force_at(self, usage: Usage) -> list[Entry]:
        return [
            entry
            for entry in self.in_force
            if not entry.above_input_tokens or entry.fits_size(usage.units)
        ]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The entries of one file, in its order: of several that fit, the first applies."""

    entries: tuple[Entry, ...]
    _choices: dict[object, _Choice] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What fits a question, whatever its units: looking through all entries takes longer than the
    rest of a quote."""

    def quote(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        """None for a model that the catalog does not know. A model that it knows, but not on
        these terms or that day, is quoted as unknown and the source says why."""
        choice = self._choice(model, modality, terms)
        if not choice.known:
            return None
        in_force = choice.in_force_at(usage)
        if not in_force:
            return _unpriced(choice.known, usage, _why_not(terms, choice.fitting))
        if not any(usage.units.values()):
            return _nothing_used(in_force[0])
        for entry in in_force:
            lines = lines_of(entry, usage, terms)
            if lines:
                return _quote(entry, lines, usage, terms, choice.day)
        return _unpriced(in_force, usage, "the units it is billed by were not counted")

    def is_in_force(self, model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> bool:
        """Whether some entry is for these terms, that day and so many tokens."""
        return bool(self._choice(model, modality, terms).in_force_at(usage))

    def _choice(self, model: str, modality: Modality, terms: PriceTerms) -> _Choice:
        day = terms.at.astimezone(UTC).date()
        key = (model, modality, terms.mode, terms.plan, terms.service_tier, day)
        choice = self._choices.get(key)
        if choice is None:
            known = [entry for entry in self.entries if entry.fits_model(model, modality)]
            fitting = [entry for entry in known if entry.fits_terms(terms)]
            choice = _Choice(day, known, fitting, [e for e in fitting if e.fits_day(terms.at)])
            if len(self._choices) >= _REMEMBERED:
                self._choices.clear()
            self._choices[key] = choice
        return choice

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


def _quote(
    entry: Entry, lines: list[PriceLine], usage: Usage, terms: PriceTerms, day: date
) -> PriceQuote:
    first = lines[0]
    unknown: frozenset[str] = frozenset()
    if terms.addons:
        unknown = terms.addons - entry.addons.keys()
        base = tuple(lines)
        for name in sorted(terms.addons & entry.addons.keys()):
            lines += addon_lines(name, entry.addons[name], base)
    total = None if unknown else sum_of([line.amount_usd for line in lines])
    source = entry.source
    if unknown:
        source += f" (it has no rate for the add-on {', '.join(sorted(unknown))})"
    return PriceQuote(
        amount_usd=total,
        lines=tuple(lines),
        unpriced=(first.unit,) if unknown else (),
        confidence="unknown" if unknown else _confidence(entry, usage, day),
        source=f"{source}; disputed: {entry.disputed}" if entry.disputed else source,
        source_url=entry.source_url,
        as_of=entry.checked_on,
    )


def _confidence(entry: Entry, usage: Usage, day: date) -> Confidence:
    age = (day - entry.checked_on).days
    sure = usage.basis != "estimated" and not entry.disputed and age <= _STALE_DAYS
    return "exact" if sure else "estimated"


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
