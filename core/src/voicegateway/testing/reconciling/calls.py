"""A month of calls, as a ledger has them and as a vendor bills them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from voicegateway.core.provider import Provider
from voicegateway.types import Modality, PriceQuote, PriceTerms, Unit, Usage

__all__ = ["DAY", "END", "HOUR", "START", "Call", "Leg", "billed", "by_bucket", "counted", "month"]

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
START: Final = datetime(2026, 10, 1, tzinfo=UTC)
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No part of the month."""
_MOMENT: Final = timedelta(microseconds=1)
_EDGES: Final = (START - _MOMENT, START, START + 11 * DAY, END - _MOMENT, END)
_SATURDAY: Final = 5
_DAYTIME: Final = (8 * 60, 20 * 60)
"""Minutes of the day between which three calls of four are made."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Leg:
    """One of the models that the month is made of."""

    model: str
    modality: Modality
    units: Callable[[random.Random], Mapping[Unit, Decimal]]
    """Of one call, those that are not billed as well."""
    terms: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `PriceTerms`."""
    a_day: int = 4
    """Calls on a working day."""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt. A fault may make the ledger's and the vendor's view of it differ."""

    number: int
    """Within its leg."""
    at: datetime
    model: str
    modality: Modality
    units: Mapping[Unit, Decimal]
    terms: PriceTerms
    quote: PriceQuote
    project: str = "support"

    @property
    def costs(self) -> dict[Unit, Decimal]:
        """Dollars by the unit that is billed."""
        found: dict[Unit, Decimal] = {}
        for line in self.quote.lines:
            found[line.unit] = found.get(line.unit, Decimal(0)) + line.amount_usd
        return found

    def used(self, factor: Decimal, *only: Unit) -> Call:
        """With so many times the units, at the same cost."""
        wanted = only or tuple(self.units)
        units = {
            unit: amount * factor if unit in wanted else amount
            for unit, amount in self.units.items()
        }
        return replace(self, units=units)

    def costing(self, factor: Decimal, *only: Unit) -> Call:
        """At so many times the rate."""
        lines = tuple(
            line
            if only and line.unit not in only
            else replace(line, rate_usd=line.rate_usd * factor, amount_usd=line.amount_usd * factor)
            for line in self.quote.lines
        )
        total = sum((line.amount_usd for line in lines), Decimal(0))
        return replace(self, quote=replace(self.quote, amount_usd=total, lines=lines))


def month(provider: Provider, legs: Iterable[Leg], seed: int = 10) -> list[Call]:
    """October 2026, and the days before and after it: fewer calls at night and on weekends, and
    some exactly on the edges of days. Each is priced by the plugin."""
    return [
        _priced(provider, leg, number, at, leg.units(chance))
        for leg in legs
        for chance in (random.Random(f"{seed} {leg.model} {leg.terms}"),)  # noqa: S311
        for number, at in enumerate(sorted(_moments(leg, chance)))
    ]


def _moments(leg: Leg, chance: random.Random) -> Iterator[datetime]:
    yield from _EDGES
    for day in range(-1, (END - START).days + 1):
        begin = START + day * DAY
        calls = leg.a_day if begin.weekday() < _SATURDAY else leg.a_day // 2
        for _ in range(calls):
            hours = _DAYTIME if chance.random() < 3 / 4 else (0, 24 * 60)
            yield begin + timedelta(minutes=chance.uniform(*hours))


def _priced(
    provider: Provider, leg: Leg, number: int, at: datetime, units: Mapping[Unit, Decimal]
) -> Call:
    terms = PriceTerms(at, **leg.terms)
    quote = provider.price_usage(leg.model, leg.modality, Usage(units), terms)
    assert quote is not None, f"{leg.model} has no price"
    assert quote.amount_usd is not None, f"{leg.model} has no price: {quote.source}"
    return Call(number, at, leg.model, leg.modality, units, terms, quote)


def by_bucket(
    calls: Iterable[Call], width: timedelta, key: Callable[[Call], Key]
) -> dict[datetime, dict[Key, list[Call]]]:
    """The calls by the bucket that they start in, and by `key` within it; both in order of time.
    Buckets begin at midnight UTC."""
    found: dict[datetime, dict[Key, list[Call]]] = {}
    for call in sorted(calls, key=lambda one: one.at):
        start = START + (call.at - START) // width * width
        found.setdefault(start, {}).setdefault(key(call), []).append(call)
    return found


def counted(calls: Iterable[Call], *units: Unit) -> Decimal:
    """What the calls have of these units together."""
    return sum((call.units.get(unit, Decimal(0)) for call in calls for unit in units), Decimal(0))


def billed(calls: Iterable[Call], *units: Unit) -> Decimal:
    """What these units of the calls cost, or all of them if none is named."""
    amounts = (
        cost for call in calls for unit, cost in call.costs.items() if not units or unit in units
    )
    return sum(amounts, Decimal(0))
