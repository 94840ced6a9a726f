"""The rows of one model: each unit on both sides, and its cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicegateway.reconcile.billed import EXACT, ZERO, Theirs, exact_sum
from voicegateway.reconcile.causes import (
    Cause,
    Figures,
    cause_of,
    drift_of,
    is_close,
    slack_of,
)
from voicegateway.reconcile.pairs import Pair
from voicegateway.reconcile.recorded import Ours
from voicegateway.reconcile.sharing import ours_by_unit, theirs_by_unit
from voicegateway.types import Unit

__all__ = ["Row", "rows_of"]

_NOT_ALONE: Final = {Unit.REQUESTS, Unit.CREDITS}
"""Other ways to count the same: that one side has none of these means nothing by itself."""


@dataclass(frozen=True, slots=True)
class Row:
    figures: Figures
    drift: Decimal | None
    """Percent: the larger of the drift in units and in cost. None: there is nothing to divide by,
    or nothing that both sides have."""
    cause: Cause | None
    flagged: bool
    pair: Pair


def rows_of(pair: Pair, threshold: Decimal) -> list[Row]:
    """`threshold` is in percent."""
    found = list(_figures(pair))
    causes = [_cause(figures, pair, found) for figures in found]
    return [
        _row(figures, cause, pair, threshold) for figures, cause in zip(found, causes, strict=True)
    ]


def _row(figures: Figures, cause: Cause | None, pair: Pair, threshold: Decimal) -> Row:
    drifts = [
        drift_of(figures.recorded, figures.vendor),
        drift_of(figures.recorded_usd, figures.vendor_usd),
    ]
    drift = max((one for one in drifts if one is not None), key=abs, default=None)
    alone = cause in ("unmetered", "unbilled") or _is_alone(figures)
    if alone:
        theirs = figures.vendor or figures.vendor_usd
        drift = None if theirs or cause is None else Decimal(-100)
    unpriced = figures.recorded_usd is None and bool(figures.vendor_usd)
    over = drift is not None and abs(drift) > threshold
    flagged = cause is not None and (alone or over or unpriced)
    return Row(figures, drift, cause, flagged, pair)


def _figures(pair: Pair) -> Iterator[Figures]:
    ours, theirs = _in_credits(pair.ours or Ours(), pair.theirs), pair.theirs or Theirs()
    mine = ours_by_unit(ours)
    rates = {
        unit: EXACT.divide(cost, ours.units[unit])
        for unit, cost in (mine or {}).items()
        if ours.units.get(unit)
    }
    billed = _billed(ours, theirs)
    free = ours.units.keys() - ours.weights.keys() if ours.weights else set()
    their = theirs_by_unit(theirs, billed, rates, free)
    whole = their is None or (mine is None and ours.cost_usd is not None)
    if whole:
        mine = their = None
    for unit in Unit:
        figures = Figures(
            pair.model,
            pair.modality,
            unit,
            ours.units.get(unit) if unit in billed or unit in theirs.units else None,
            theirs.units.get(unit),
            (mine or {}).get(unit),
            (their or {}).get(unit),
        )
        if _speaks(figures, theirs):
            yield figures
    if whole and (ours.cost_usd or theirs.cost_usd):
        costs = ours.cost_usd, theirs.cost_usd
        yield Figures(pair.model, pair.modality, None, None, None, *costs)


def _billed(ours: Ours, theirs: Theirs) -> dict[Unit, Decimal]:
    """Those of our units that can be on a bill: what had a price here, else what the vendor
    names, else all."""
    billed = ours.weights.keys() or theirs.units.keys() or ours.units.keys()
    return {unit: amount for unit, amount in ours.units.items() if unit in billed}


def _in_credits(ours: Ours, theirs: Theirs | None) -> Ours:
    """Our side counts in credits where the vendor does and in nothing else."""
    credits_ = ours.units.get(Unit.CREDITS)
    if credits_ is None:
        return ours
    their = set() if theirs is None else theirs.units.keys() - {Unit.REQUESTS}
    if their == {Unit.CREDITS}:
        units, weights = {Unit.CREDITS: credits_}, {Unit.CREDITS: exact_sum(ours.weights.values())}
    else:
        units = {unit: amount for unit, amount in ours.units.items() if unit is not Unit.CREDITS}
        weights = ours.weights
    return Ours(ours.requests, ours.unpriced, units, ours.known_usd, ours.projects, weights)


def _speaks(figures: Figures, theirs: Theirs) -> bool:
    """Whether there is anything to say of a unit."""
    if not any((figures.recorded, figures.vendor, figures.recorded_usd, figures.vendor_usd)):
        return False
    if figures.recorded is None and not figures.vendor_usd and figures.unit in _NOT_ALONE:
        return not (theirs.units.keys() - _NOT_ALONE) and figures.unit is Unit.CREDITS
    silent = bool(theirs.lines) and not (theirs.units.keys() - {Unit.REQUESTS})
    return not (silent and figures.vendor is None and figures.vendor_usd is None)


def _is_alone(figures: Figures) -> bool:
    """Whether only one side has anything."""
    ours = figures.recorded or figures.recorded_usd
    theirs = figures.vendor or figures.vendor_usd
    return not (ours and theirs) and bool(ours or theirs)


def _cause(figures: Figures, pair: Pair, found: list[Figures]) -> Cause | None:
    if pair.theirs is None:
        return "unbilled"
    if pair.ours is None:
        return "unmetered"
    if figures in _in_other_units(found):
        return "units"
    if figures.unit is None:
        return _cause_of_whole(figures, pair, found)
    if _is_for_want_of_a_price(figures, pair.ours):
        return "rate"
    if _is_alone(figures):
        return _cause_of_one_side(figures, pair.theirs)
    cause = cause_of(figures, slack_of(figures.unit, pair.theirs, figures.recorded))
    if cause in (None, "rounding") and figures.recorded_usd is None and figures.vendor_usd:
        return "rate"  # they charge what has no price here
    return cause


def _is_for_want_of_a_price(figures: Figures, ours: Ours) -> bool:
    """Our credits are what our rates say: attempts without a known price have none, and may be
    twice as large as the others."""
    if figures.unit is not Unit.CREDITS or not ours.unpriced or not figures.vendor:
        return False
    missing = EXACT.subtract(figures.vendor, figures.recorded or ZERO)
    at_most = EXACT.multiply(figures.vendor, Decimal(2 * ours.unpriced))
    return 0 < EXACT.multiply(missing, Decimal(ours.requests)) <= at_most


def _cause_of_one_side(figures: Figures, theirs: Theirs) -> Cause | None:
    if not (figures.vendor or figures.vendor_usd):
        return "unbilled"
    charged = [] if figures.vendor_usd else list(theirs.charges)
    if charged and all(charged) and not any(figures.unit in units for units in charged):
        return None  # they count it, and charge for other units of the model
    return "unmetered"


def _in_other_units(found: list[Figures]) -> list[Figures]:
    """The units of a model that both sides have where each counts, or prices, what the other does
    not: the same was counted in another unit."""
    units = [one for one in found if one.unit is not None]
    ours = [one for one in units if one.recorded and not (one.vendor or one.vendor_usd)]
    priced = any(one.recorded_usd for one in units)
    theirs = [
        one for one in units if one.vendor and not (one.recorded_usd if priced else one.recorded)
    ]
    return [*ours, *theirs] if ours and theirs else []


def _cause_of_whole(figures: Figures, pair: Pair, found: list[Figures]) -> Cause | None:
    """Whether what the units differ by explains what the amounts do."""
    if _is_alone(figures):
        return "rate" if figures.vendor_usd else None
    cause = cause_of(figures, slack_of(None, pair.theirs or Theirs(), None))
    if cause != "rate" or pair.ours is None:
        return cause
    mine = ours_by_unit(pair.ours)
    if mine is None:
        apart = any(not is_close(one.recorded, one.vendor) for one in found if one.unit is not None)
        return "units" if apart else "rate"
    at_our_rates = exact_sum(
        EXACT.divide(EXACT.multiply(mine.get(one.unit, ZERO), one.vendor or ZERO), one.recorded)
        for one in found
        if one.unit is not None and one.recorded
    )
    return "units" if is_close(at_our_rates, figures.vendor_usd) else "rate"
