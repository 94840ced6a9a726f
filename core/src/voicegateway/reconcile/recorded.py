"""What the ledger has of one provider, model by model: sums from the rollups, and what each unit
cost from the rates the attempts were priced with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from voicegateway.reconcile.billed import EXACT, ZERO, add_units
from voicegateway.storage.codes import UNIT_COLUMNS, UNITS, quantity
from voicegateway.storage.days import clamp_us
from voicegateway.storage.models import usd
from voicegateway.storage.queries import Leg, Period, Reader, Sum, usage_by_leg
from voicegateway.storage.reads.names import legs_by_id, matching_legs
from voicegateway.types import Modality, Unit

__all__ = ["Ours", "recorded", "with_rates"]

_CREDITS: Final = re.compile(r"([0-9.]+) credits each$")
"""The rule of a line that is billed in credits; the price catalog writes it last."""
_SUMS: Final = ", ".join(f"CAST(SUM(a.{name}) AS BIGINT)" for name in UNIT_COLUMNS)


@dataclass(slots=True)
class Ours:
    """What the ledger has of one model in one role."""

    requests: int = 0
    unpriced: int = 0
    """Of the requests, those without a known cost."""
    units: dict[Unit, Decimal] = field(default_factory=dict)
    known_usd: Decimal = ZERO
    projects: dict[str, dict[Unit, Decimal]] = field(default_factory=dict)
    """The same units by project."""
    weights: dict[Unit, Decimal] = field(default_factory=dict)
    """Dollars of each billed unit at the rates that were used, before minimums and increments;
    empty if that is not known."""

    @property
    def cost_usd(self) -> Decimal | None:
        """The known part; None if nothing of it is known."""
        return None if self.unpriced == self.requests else self.known_usd

    def add(self, project: str, found: Sum) -> None:
        self.requests += found.requests
        self.unpriced += found.unpriced
        self.known_usd = EXACT.add(self.known_usd, usd(found.known_nano) or ZERO)
        add_units(self.units, found.units)
        add_units(self.projects.setdefault(project, {}), found.units)

    def merge(self, other: Ours) -> None:
        self.requests += other.requests
        self.unpriced += other.unpriced
        self.known_usd = EXACT.add(self.known_usd, other.known_usd)
        add_units(self.units, other.units)
        add_units(self.weights, other.weights)
        for project, units in other.projects.items():
            add_units(self.projects.setdefault(project, {}), units)


Recorded = dict[tuple[str, Modality], Ours]


def recorded(reader: Reader, period: Period, provider: str) -> Recorded:
    """The sums of a period. Raises `LedgerError` if the ledger cannot be read."""
    found: Recorded = {}
    for one in usage_by_leg(reader, period):
        if one.leg.provider == provider:
            ours = found.setdefault((one.leg.model, one.leg.modality), Ours())
            ours.add(one.project, one.sum)
    return found


def with_rates(reader: Reader, period: Period, provider: str, found: Recorded) -> None:
    """Finds out what each unit cost, where a model has more than one. Looks at every attempt of
    the period, so it takes a second or two a million."""
    with reader.snapshot() as connection:
        legs = legs_by_id(connection)
        wanted = [
            leg
            for leg in matching_legs(connection, None, None, provider) or []
            if _ours(found, legs[leg]).units
        ]
        if not wanted:
            return
        marks = ", ".join("?" * len(wanted))
        rows = connection.execute(
            f"SELECT t.*, c.content FROM (SELECT a.leg_id, a.rate_card_id, {_SUMS} "  # noqa: S608 - our own names
            f"FROM attempts a WHERE a.leg_id IN ({marks}) "
            "AND a.started_us >= ? AND a.started_us < ? AND a.cost_nano IS NOT NULL "
            "GROUP BY a.leg_id, a.rate_card_id) t JOIN rate_cards c ON c.id = t.rate_card_id",
            (*wanted, clamp_us(period.start_us), clamp_us(period.end_us)),
        )
    for row in rows:
        _add(_ours(found, legs[row[0]]), row[2:-1], row[-1])


def _ours(found: Recorded, leg: Leg) -> Ours:
    return found.get((leg.model, leg.modality)) or Ours()


def _add(ours: Ours, millionths: Iterable[int | None], content: str) -> None:
    """What the units of one rate card's attempts cost at its rates."""
    units = {
        unit: quantity(value)
        for unit, value in zip(UNITS, millionths, strict=True)
        if value is not None
    }
    rates: list[tuple[str, str, str, str]] = json.loads(content)[3]
    for name, rate, per, rule in rates:
        unit = Unit(name)
        amount = units.get(unit, ZERO)
        credits_ = _CREDITS.search(rule)
        if credits_ is not None:
            amount = EXACT.multiply(amount, Decimal(credits_[1]))
            add_units(ours.units, {Unit.CREDITS: amount})
        cost = EXACT.divide(EXACT.multiply(amount, Decimal(rate)), Decimal(per))
        add_units(ours.weights, {unit: cost})
