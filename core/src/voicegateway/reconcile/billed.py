"""What a vendor's lines add up to, model by model. Nothing is overwritten: two lines of one model
are summed, whatever their order and their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["EVERY_MODEL", "EXACT", "ZERO", "Bill", "Charge", "Theirs", "add_units", "exact_sum"]

EVERY_MODEL: Final = "*"
"""The model of a line that the vendor does not split by model."""
EXACT: Final = Context(prec=100, rounding=ROUND_HALF_EVEN)
"""Whatever precision the application works with, no sum here is rounded."""
ZERO: Final = Decimal(0)
_UNITS: Final[dict[object, Unit]] = {unit.value: unit for unit in Unit}


@dataclass(slots=True)
class Charge:
    """An amount, and how much of each unit it is for."""

    cost_usd: Decimal = ZERO
    units: dict[Unit, Decimal] = field(default_factory=dict)

    def add(self, cost: Decimal, units: Mapping[Unit, Decimal]) -> None:
        self.cost_usd = EXACT.add(self.cost_usd, cost)
        add_units(self.units, units)


@dataclass(slots=True)
class _Lines:
    """The sum of lines of one report that have the same units, in the same order."""

    units: tuple[Unit, ...]
    totals: list[Decimal]
    cost_usd: Decimal | None
    """None: lines without a cost."""
    cost_of: Unit | None = None
    """What the cost is of, where lines say that and no quantity."""

    @property
    def charged(self) -> frozenset[Unit]:
        """The units that the cost is of; empty if the lines do not say."""
        return frozenset(self.units if self.cost_of is None else (self.cost_of,))


@dataclass(slots=True)
class Theirs:
    """What a vendor says of one model in one role."""

    lines: int = 0
    priced: int = 0
    """Of the lines, those with a cost."""
    _alike: dict[tuple[str, str, bool, Unit | None], _Lines] = field(default_factory=dict)

    @property
    def cost_usd(self) -> Decimal | None:
        """None if no line has a cost."""
        costs = [one.cost_usd for one in self._alike.values() if one.cost_usd is not None]
        return exact_sum(costs) if costs else None

    @property
    def decimals(self) -> int:
        """Of the finest amount, at least two."""
        cost = self.cost_usd
        return 2 if cost is None else max(2, -int(cost.as_tuple().exponent))

    @property
    def units(self) -> dict[Unit, Decimal]:
        """Of each unit what one report says: a vendor's reports of what was used and of what it
        cost may both have it. One that counts for its own sake comes before one of costs."""
        reports: dict[str, dict[Unit, Decimal]] = {}
        costing = {report for (report, _, priced, _) in self._alike if priced}
        for (report, *_), one in self._alike.items():
            units = dict(zip(one.units, one.totals, strict=True))
            add_units(reports.setdefault(report, {}), units)
        found: dict[Unit, list[tuple[bool, Decimal]]] = {}
        for report, units in reports.items():
            for unit, amount in units.items():
                found.setdefault(unit, []).append((report not in costing, amount))
        return {unit: max(said)[1] for unit, said in found.items()}

    @property
    def charges(self) -> dict[frozenset[Unit], Charge]:
        """Amounts by the units that they are for."""
        found: dict[frozenset[Unit], Charge] = {}
        for one in self._alike.values():
            if one.cost_usd is not None:
                units = dict(zip(one.units, one.totals, strict=True))
                found.setdefault(one.charged, Charge()).add(one.cost_usd, units)
        return found

    def add(self, line: UsageLine) -> None:
        report = line.raw.get("report", "")
        cost_of = None if line.units else _UNITS.get(line.raw.get("cost_of"))
        self._add(str(report), tuple(line.units), line.units.values(), line.cost_usd, cost_of)
        self.lines += 1
        self.priced += line.cost_usd is not None

    def merge(self, other: Theirs) -> None:
        for (report, *_), one in other._alike.items():
            self._add(report, one.units, one.totals, one.cost_usd, one.cost_of)
        self.lines += other.lines
        self.priced += other.priced

    def _add(
        self,
        report: str,
        units: tuple[Unit, ...],
        amounts: Iterable[Decimal],
        cost: Decimal | None,
        cost_of: Unit | None,
    ) -> None:
        # By joined text: an enum's hash runs in Python and costs more than the sums.
        key = (report, ",".join(units), cost is not None, cost_of)
        alike = self._alike.get(key)
        if alike is None:
            self._alike[key] = _Lines(units, list(amounts), cost, cost_of)
            return
        alike.totals = list(map(EXACT.add, alike.totals, amounts))
        if cost is not None:
            alike.cost_usd = EXACT.add(alike.cost_usd or ZERO, cost)


@dataclass(slots=True)
class Bill:
    """All lines of all files."""

    models: dict[tuple[str, Modality | None], Theirs] = field(default_factory=dict)

    def add(self, line: UsageLine) -> None:
        """A line of nothing says only that nothing was used in its time."""
        if not line.units and line.cost_usd is None:
            return
        self.models.setdefault((line.model, line.modality), Theirs()).add(line)

    @property
    def cost_usd(self) -> Decimal | None:
        """None if no line has a cost."""
        known = [one.cost_usd for one in self.models.values() if one.cost_usd is not None]
        return exact_sum(known) if known else None


def add_units(total: dict[Unit, Decimal], more: Mapping[Unit, Decimal]) -> None:
    for unit, amount in more.items():
        total[unit] = EXACT.add(total.get(unit, ZERO), amount)


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Not rounded, whatever the application's own precision."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
