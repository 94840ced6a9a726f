"""How amounts, quantities and times are written in JSON: exact, and as text where a float would
not be. Dollars have at least six decimals and at most the ledger's nine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from voicegateway.storage.days import datetime_of_us
from voicegateway.types import Unit

__all__ = ["ms", "quantity_text", "time_text", "units_json", "usd_text"]


def usd_text(nano: int | None) -> str | None:
    """`"0.004560"`; None where the cost is unknown."""
    if nano is None:
        return None
    sign, (whole, rest) = "-" if nano < 0 else "", divmod(abs(nano), 1_000_000_000)
    decimals = f"{rest:09d}"
    while len(decimals) > 6 and decimals.endswith("0"):
        decimals = decimals[:-1]
    return f"{sign}{whole}.{decimals}"


def quantity_text(amount: Decimal) -> str:
    """Without exponent."""
    return f"{amount:f}"


def units_json(units: Mapping[Unit, Decimal]) -> dict[str, str]:
    return {unit.value: quantity_text(amount) for unit, amount in units.items()}


def time_text(us: int) -> str:
    """ISO 8601 in UTC, to the microsecond: `2026-11-22T06:04:00.250000Z`."""
    return datetime_of_us(us).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def ms(us: int | None) -> float | None:
    """Microseconds as milliseconds."""
    return None if us is None else us / 1000
