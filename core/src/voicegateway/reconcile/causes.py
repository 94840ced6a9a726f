"""Why two figures part, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import isqrt
from typing import Final, Literal

from voicegateway.reconcile.billed import EXACT, ZERO, Theirs
from voicegateway.types import Modality, Unit

__all__ = ["Cause", "Figures", "Slack", "cause_of", "drift_of", "is_close", "slack_of"]

Cause = Literal["units", "rate", "unmetered", "unbilled", "rounding"]
_HUNDRED: Final = Decimal(100)
_CLOSE: Final = Decimal("0.1")
"""Percent. Figures that are closer agree."""
_State = Literal["same", "close", "apart"]


@dataclass(frozen=True, slots=True)
class Figures:
    """One unit of one model on both sides. None: that side does not say."""

    model: str
    modality: Modality | None
    unit: Unit | None
    """None: the whole of the model, where an amount cannot be told apart by unit."""
    recorded: Decimal | None
    vendor: Decimal | None
    recorded_usd: Decimal | None
    vendor_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Slack:
    """By how much rounding alone may move a vendor's sum."""

    units: Decimal = ZERO
    usd: Decimal = ZERO


def slack_of(unit: Unit | None, theirs: Theirs, recorded: Decimal | None) -> Slack:
    """From the decimals that the vendor prints. Many roundings cancel out, so the slack grows with
    the root of their number."""
    roundings, roundings_usd = (
        Decimal(min(lines, 4 * isqrt(lines))) for lines in (theirs.lines, theirs.priced)
    )
    usd = EXACT.multiply(roundings_usd, Decimal(5).scaleb(-theirs.decimals - 1, EXACT))
    vendor = None if unit is None else theirs.units.get(unit)
    whole = vendor is not None and vendor == vendor.to_integral_value()
    ours_is_finer = recorded is not None and recorded != recorded.to_integral_value()
    return Slack(roundings if whole and ours_is_finer else ZERO, usd)


def drift_of(recorded: Decimal | None, vendor: Decimal | None) -> Decimal | None:
    """Percent of ours by which the vendor's figure is higher. None if either is not known, or
    ours is 0 and theirs is not."""
    if recorded is None or vendor is None:
        return None
    if recorded == vendor:
        return ZERO
    if not recorded:
        return None
    apart = EXACT.multiply(EXACT.subtract(vendor, recorded), _HUNDRED)
    return EXACT.divide(apart, abs(recorded))


def is_close(recorded: Decimal | None, vendor: Decimal | None) -> bool:
    drift = drift_of(recorded, vendor)
    return drift is not None and abs(drift) <= _CLOSE


def cause_of(figures: Figures, slack: Slack) -> Cause | None:
    """Of figures that both sides have. None: they are the same."""
    units = _state(figures.recorded, figures.vendor, slack.units)
    cost = _state(figures.recorded_usd, figures.vendor_usd, slack.usd)
    if units == "apart":
        return "rate" if cost == "apart" and _rate_is_further(figures) else "units"
    if cost == "apart":
        return "rate"
    return "rounding" if "close" in (units, cost) else None


def _state(recorded: Decimal | None, vendor: Decimal | None, slack: Decimal) -> _State | None:
    if recorded is None or vendor is None:
        return None
    if recorded == vendor:
        return "same"
    near = abs(EXACT.subtract(vendor, recorded)) <= slack
    return "close" if near or is_close(recorded, vendor) else "apart"


def _rate_is_further(figures: Figures) -> bool:
    """Whether the price a unit differs by a larger factor than the units do."""
    factors = (figures.recorded, figures.vendor, figures.recorded_usd, figures.vendor_usd)
    if not all(factor is not None and factor > 0 for factor in factors):
        return False
    units = EXACT.divide(figures.vendor or ZERO, figures.recorded or ZERO)
    cost = EXACT.divide(figures.vendor_usd or ZERO, figures.recorded_usd or ZERO)
    return _factor(EXACT.divide(cost, units)) > _factor(units)


def _factor(ratio: Decimal) -> Decimal:
    return max(ratio, EXACT.divide(1, ratio))
