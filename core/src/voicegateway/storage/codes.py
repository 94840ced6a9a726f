"""Words that the database keeps as small integers, and quantities that it keeps as whole ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from voicegateway.storage.models import LedgerOutcome
from voicegateway.types import Basis, Unit, Verdict

__all__ = [
    "ABANDONED",
    "ALL_UNITS",
    "BASIS_CODE",
    "BASIS_WORD",
    "EXACT",
    "OUTCOME_CODE",
    "OUTCOME_WORD",
    "UNITS",
    "UNIT_COLUMNS",
    "VERDICT_CODE",
    "VERDICT_WORD",
    "AbsurdNumberError",
    "SparseUnits",
    "bounded",
    "dense",
    "measured_units",
    "millionths",
    "picked",
    "quantities",
    "quantity",
    "sparse",
]

UNITS: Final = tuple(Unit)
UNIT_COLUMNS: Final = tuple(unit.value for unit in UNITS)
ALL_UNITS: Final = tuple(range(len(UNITS)))


OUTCOME_WORD: Final[dict[int, LedgerOutcome]] = {
    0: "open",
    1: "completed",
    2: "cancelled",
    3: "failed",
    4: "abandoned",
}
BASIS_WORD: Final[dict[int, Basis]] = {0: "reported", 1: "measured", 2: "estimated"}
VERDICT_WORD: Final[dict[int, Verdict]] = {
    0: "confirmed",
    1: "mismatch",
    2: "usage_missing",
    3: "cancelled_partial",
    4: "duplicate",
    5: "unverifiable",
}
OUTCOME_CODE: Final = {word: code for code, word in OUTCOME_WORD.items()}
BASIS_CODE: Final = {word: code for code, word in BASIS_WORD.items()}
VERDICT_CODE: Final = {word: code for code, word in VERDICT_WORD.items()}
ABANDONED: Final = OUTCOME_CODE["abandoned"]

SparseUnits = dict[int, int]
"""Millionths by the unit's place in `UNITS`, for each unit that was measured. A dict of integers
is nothing that the garbage collector would have to look at."""

# By plain strings, here and elsewhere on the writer's path: an enum's hash runs in Python and
# costs more than the rest of the lookup.
_INDEX: Final = {unit.value: index for index, unit in enumerate(UNITS)}
_MILLION: Final = Decimal(1_000_000)
EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""For the writer's arithmetic: the application may have set any precision for its own."""
_MOST: Final = 10**15
"""A thousand million units, or a million dollars, in one attempt: more is a mistake, and a few
thousand such rows would run over the 64 bits of a sum."""


class AbsurdNumberError(ValueError):
    """A record that no attempt can have made; it is counted as lost and harms no other."""


def bounded(value: int) -> int:
    """The value itself; raises `AbsurdNumberError` for one no attempt can have."""
    if -_MOST <= value <= _MOST:
        return value
    raise AbsurdNumberError(f"{value} is beyond what one attempt can consume or cost")


def millionths(amount: Decimal) -> int:
    """A quantity in whole millionths, half to even. Raises `AbsurdNumberError`, or
    `ArithmeticError` for what is no number."""
    value = int((amount * _MILLION).to_integral_value(ROUND_HALF_EVEN))
    return value if -_MOST <= value <= _MOST else bounded(value)


def quantity(value: int) -> Decimal:
    """Millionths back to a quantity, without trailing zeros or an exponent."""
    if not value % 1_000_000:
        return Decimal(value // 1_000_000)
    return Decimal(value).scaleb(-6, EXACT).normalize(EXACT)


def sparse(units: Mapping[Unit, Decimal]) -> SparseUnits:
    return {_INDEX[unit._value_]: millionths(amount) for unit, amount in units.items()}


def dense(units: SparseUnits) -> tuple[int | None, ...]:
    """One value a unit column, None where nothing was measured."""
    return picked(units, ALL_UNITS)


def measured_units(rows: Iterable[SparseUnits]) -> tuple[int, ...]:
    """The places of those units that any of the rows has: of thirteen mostly five."""
    return tuple(sorted(set().union(*rows)))


def picked(units: SparseUnits, places: tuple[int, ...]) -> tuple[int | None, ...]:
    """One value a place, None where nothing was measured."""
    get = units.get
    return tuple([get(place) for place in places])


def quantities(columns: Iterable[int | None]) -> dict[Unit, Decimal]:
    """The unit columns of a row as a mapping of the units it has."""
    return {
        unit: quantity(value)
        for unit, value in zip(UNITS, columns, strict=True)
        if value is not None
    }
