"""Sums over a period, read from the rollups, with attempts only at the edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from voicegateway.storage.codes import UNIT_COLUMNS, UNITS, quantity
from voicegateway.storage.engine import Row, Value
from voicegateway.storage.models import usd
from voicegateway.storage.reads.spans import Spans
from voicegateway.types import Unit

__all__ = ["ADDED", "SUM_COUNT", "Sum", "source"]

ADDED: Final = ", ".join(
    f"CAST(SUM({name}) AS BIGINT)" for name in ("attempts", "unpriced", "cost_nano", *UNIT_COLUMNS)
)
"""What a query over `source` selects; `Sum.add` takes these columns."""
SUM_COUNT: Final = 3 + len(UNIT_COLUMNS)
_SUMS: Final = f"attempts, unpriced, cost_nano, {', '.join(UNIT_COLUMNS)}"
_ONE: Final = (
    "1 AS attempts, CASE WHEN cost_nano IS NULL THEN 1 ELSE 0 END AS unpriced, "
    f"COALESCE(cost_nano, 0) AS cost_nano, {', '.join(UNIT_COLUMNS)}"
)


@dataclass(slots=True)
class Sum:
    """Attempts that have ended, and what they consumed and cost."""

    requests: int = 0
    unpriced: int = 0
    known_nano: int = 0
    """What those cost whose cost is known."""
    millionths: dict[int, int] = field(default_factory=dict)
    """By place in `UNITS`."""

    @property
    def cost_nano(self) -> int | None:
        """None if not one of them has a known cost."""
        return None if self.unpriced == self.requests else self.known_nano

    @property
    def cost_usd(self) -> Decimal | None:
        return usd(self.cost_nano)

    @property
    def units(self) -> dict[Unit, Decimal]:
        return {UNITS[index]: quantity(value) for index, value in sorted(self.millionths.items())}

    def add(self, row: Row) -> None:
        """Takes in the columns of `ADDED`."""
        self.requests += row[0]
        self.unpriced += row[1]
        self.known_nano += row[2]
        for index, value in enumerate(row[3:SUM_COUNT]):
            if value is not None:
                self.millionths[index] = self.millionths.get(index, 0) + value

    def merge(self, other: Sum) -> None:
        self.requests += other.requests
        self.unpriced += other.unpriced
        self.known_nano += other.known_nano
        for index, value in other.millionths.items():
            self.millionths[index] = self.millionths.get(index, 0) + value


def source(
    spans: Spans, columns: Sequence[str], project_id: int | None, *, days: str = "rollup_days"
) -> tuple[str, list[Value]]:
    """A subquery with the given columns and the sums, from whatever covers the spans; `days`
    is the table that covers whole days. And its parameters."""
    if not (spans.days or spans.quarters or spans.moments):
        spans = Spans(days=[(0, 0)])  # an empty period has no attempts
    parts: list[str] = []
    params: list[Value] = []
    for what, table, column, wanted in (
        (_SUMS, days, "day", spans.days),
        (_SUMS, "rollup_quarters", "quarter", spans.quarters),
        (_ONE, "attempts", "started_us", spans.moments),
    ):
        names = ", ".join(_column(name, table) for name in columns)
        for span in wanted:
            where = f"{column} >= ? AND {column} < ?"
            params += span
            if project_id is not None:
                where += " AND project_id = ?"
                params.append(project_id)
            parts.append(f"SELECT {names}, {what} FROM {table} WHERE {where}")  # noqa: S608 - our own names
    return " UNION ALL ".join(parts), params


def _column(name: str, table: str) -> str:
    # The rollup has no NULL in its key: 0 stands for "no session".
    if name == "session_id" and table == "attempts":
        return "COALESCE(session_id, 0) AS session_id"
    return name


def total(sums: Iterable[Sum]) -> Sum:
    """All of them together."""
    result = Sum()
    for one in sums:
        result.merge(one)
    return result
