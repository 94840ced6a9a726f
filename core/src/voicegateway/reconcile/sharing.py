"""Amounts for several units at once, shared out among them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final, TypeVar

from voicegateway.reconcile.billed import EXACT, ZERO, Theirs, exact_sum
from voicegateway.reconcile.recorded import Ours
from voicegateway.types import Unit

__all__ = ["ours_by_unit", "theirs_by_unit"]

_NANO: Final = Decimal("1e-9")
Amount = TypeVar("Amount")


def ours_by_unit(ours: Ours) -> dict[Unit, Decimal] | None:
    """What each unit cost, adding up to the known cost exactly. None if it is not known how the
    cost is made up, or nothing has a known cost."""
    if ours.cost_usd is None:
        return None
    weights = ours.weights or dict.fromkeys(_counted(ours.units), Decimal(1))
    if not ours.weights and len(weights) != 1:
        return None
    return _shared(ours.known_usd, weights)


def theirs_by_unit(
    theirs: Theirs,
    ours: Mapping[Unit, Decimal],
    rates: Mapping[Unit, Decimal] | None,
    free: AbstractSet[Unit] = frozenset(),
) -> dict[Unit, Decimal] | None:
    """What the vendor asks for each unit. An amount for several units at once is shared out at
    our `rates`, dollars a unit, and one that does not say of what it is among those that are not
    `free` here. None if one cannot be, so that only the sum compares."""
    counted_there = _counted({u: n for u, n in theirs.units.items() if u not in free})
    found: dict[Unit, Decimal] = {}
    for units, charge in theirs.charges.items():
        named = {unit: charge.units.get(unit) for unit in units}
        counted = _counted(named) or counted_there or _counted(ours)
        if not units and len({*counted_there, *_counted(ours)}) != 1:
            return None
        parts = _parts(charge.cost_usd, {unit: charge.units.get(unit) for unit in counted}, rates)
        if parts is None:
            return None
        for unit, amount in parts.items():
            found[unit] = EXACT.add(found.get(unit, ZERO), amount)
    return found


def _parts(
    cost: Decimal, units: Mapping[Unit, Decimal | None], rates: Mapping[Unit, Decimal] | None
) -> dict[Unit, Decimal] | None:
    if len(units) == 1:
        return dict.fromkeys(units, cost)
    weights = {}
    for unit, amount in units.items():
        rate = (rates or {}).get(unit)
        if rate is None and amount:
            return None
        weights[unit] = EXACT.multiply(amount or ZERO, rate or ZERO)
    return _shared(cost, weights)


def _counted(units: Mapping[Unit, Amount]) -> dict[Unit, Amount]:
    """Requests are billed only where nothing else is."""
    rest: dict[Unit, Amount] = {
        unit: amount for unit, amount in units.items() if unit is not Unit.REQUESTS
    }
    return rest or dict(units)


def _shared(total: Decimal, weights: Mapping[Unit, Decimal]) -> dict[Unit, Decimal] | None:
    """In whole nano-dollars that add up to the total exactly; the rest goes to the heaviest. None
    if there is nothing to go by."""
    whole = exact_sum(weights.values())
    if not total:
        return dict.fromkeys(weights, ZERO)
    if whole <= 0:
        return None
    parts = {
        unit: EXACT.divide(EXACT.multiply(total, weight), whole).quantize(_NANO, context=EXACT)
        for unit, weight in weights.items()
    }
    heaviest = max(weights, key=lambda unit: weights[unit])
    rest = EXACT.subtract(total, exact_sum(parts.values()))
    parts[heaviest] = EXACT.add(parts[heaviest], rest)
    return parts
