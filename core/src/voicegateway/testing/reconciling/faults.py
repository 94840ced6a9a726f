"""Faults, one at a time: what the ledger or the vendor has wrong, and what it must be called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from voicegateway.testing.reconciling.calls import DAY, END, HOUR, START, Call
from voicegateway.types import PriceQuote, Unit

__all__ = ["Change", "Fault", "as_it_is", "faults_of_cost", "faults_of_names", "faults_of_use"]

Change = Callable[[Call], list[Call]]
"""What becomes of one call."""

_NEXT: Final = "-next"
_BEHIND: Final = 8 * HOUR
"""How far the days of a vendor on the Pacific coast are behind those of UTC, in winter."""


def as_it_is(call: Call) -> list[Call]:
    return [call]


@dataclass(frozen=True)
class Fault:
    """Planted in the calls whose rows are of `model`; every row of any other stays unflagged."""

    name: str
    model: str
    """As the rows name it: `*` where the vendor names no model."""
    causes: Mapping[str, str]
    """The cause by the model of a row."""
    ledger: Change = as_it_is
    """What the ledger has instead."""
    vendor: Change = as_it_is
    """What the vendor has instead."""
    units: frozenset[Unit] = field(default_factory=frozenset)
    """The rows that have the cause; empty: all of the model."""
    says: str = ""
    """What the sentence of the row has in it."""
    flagged: bool = True

    def __str__(self) -> str:
        return f"{self.model}: {self.name}"


def faults_of_use(model: str) -> Iterator[Fault]:
    """That any export shows, for it says how much was used."""
    units, rounding = {model: "units"}, {model: "rounding"}
    yield Fault("every fifth call missed", model, units, ledger=_without_every(5))
    yield Fault("every other call missed", model, units, ledger=_without_every(2))
    yield Fault("every call twice", model, units, ledger=_twice, says="ledger's figure is exactly")
    yield Fault("every line twice", model, units, vendor=_twice, says="vendor's figure is exactly")
    yield Fault("a retry booked twice", model, units, ledger=_every(4, _twice))
    yield Fault("a week missing", model, units, vendor=_without_days(11, 18))
    yield Fault("the export stops early", model, units, vendor=_without_days(24, 40))
    yield Fault("an agent that is not metered", model, units, ledger=_without_days(20, 40))
    yield Fault("days of another zone", model, units, ledger=_busy_night, vendor=_days_behind)
    yield Fault("in another unit", model, units, vendor=_counted_in("60"))
    yield Fault("in thousandths", model, units, vendor=_counted_in("1000"),
                says="1,000 times as much")  # fmt: skip
    yield Fault("a key of another account", model, units, ledger=_every(5, _on_trial),
                vendor=_without_every(5), says="" if model == "*" else "'trials'")  # fmt: skip
    yield Fault("only the vendor's", model, {model: "unmetered"}, ledger=_nothing)
    yield Fault("within a thousandth", model, rounding, vendor=_a_little_more, flagged=False)


def faults_of_names(model: str) -> Iterator[Fault]:
    """That an export shows which names its models."""
    causes = {model: "unbilled", f"{model}{_NEXT}": "unmetered"}
    yield Fault("a model that the ledger does not know", model, causes, vendor=_renamed)
    yield Fault("only the ledger's", model, {model: "unbilled"}, vendor=_nothing)


def faults_of_cost(model: str, units: frozenset[Unit]) -> Iterator[Fault]:
    """That an export shows which names dollars. `units` are those that it names a cost of."""
    rate, rounding = {model: "rate"}, {model: "rounding"}
    yield Fault("an old price list", model, rate, vendor=_priced("1.25"))
    yield Fault("a discount", model, rate, vendor=_priced("0.8"))
    yield Fault("a surcharge", model, rate, vendor=_priced("1.1"))
    yield Fault(
        "half the rate", model, rate, ledger=_priced("0.5"), says="the price is exactly twi"
    )
    yield Fault("no price here", model, rate, ledger=_unpriced, says="no known price")
    yield Fault("half without a price", model, rate, ledger=_every(2, _unpriced),
                says="no known price")  # fmt: skip
    yield Fault("rounded amounts", model, rounding, vendor=_priced("1.0004"), flagged=False)
    for unit in sorted(units) if len(units) > 1 else ():
        only = frozenset({unit})
        yield Fault(f"another rate of {unit}", model, rate, vendor=_priced("1.5", unit), units=only)


def _nothing(_: Call) -> list[Call]:
    return []


def _twice(call: Call) -> list[Call]:
    return [call, call]


def _every(nth: int, change: Change) -> Change:
    return lambda call: change(call) if call.number % nth == 0 else [call]


def _without_every(nth: int) -> Change:
    return _every(nth, _nothing)


def _without_days(first: int, last: int) -> Change:
    """`last` is kept."""
    begin, end = START + (first - 1) * DAY, START + (last - 1) * DAY
    return lambda call: [] if begin <= call.at < end else [call]


def _counted_in(factor: str) -> Change:
    return lambda call: [call.used(Decimal(factor))]


def _priced(factor: str, *only: Unit) -> Change:
    return lambda call: [call.costing(Decimal(factor), *only)]


def _unpriced(call: Call) -> list[Call]:
    units = tuple(line.unit for line in call.quote.lines)
    return [replace(call, quote=PriceQuote(None, unpriced=units, confidence="unknown"))]


def _a_little_more(call: Call) -> list[Call]:
    return [call.used(Decimal("1.0005")).costing(Decimal("1.0005"))]


def _on_trial(call: Call) -> list[Call]:
    return [replace(call, project="trials")]


def _renamed(call: Call) -> list[Call]:
    return [replace(call, model=f"{call.model}{_NEXT}")]


def _busy_night(call: Call) -> list[Call]:
    """In the first hours of the month is a quarter of its calls once more."""
    if call.number % 4 or not START <= call.at < END:
        return [call]
    return [call, replace(call, at=START + timedelta(seconds=call.number))]


def _days_behind(call: Call) -> list[Call]:
    return [replace(one, at=one.at - _BEHIND) for one in _busy_night(call)]
