"""What every project has spent today and this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from voicegateway.storage.days import Days, date_of_day, day_of_date
from voicegateway.storage.engine import Connection
from voicegateway.storage.reads.names import projects_by_id

__all__ = ["Spending", "spending"]

_SPENT: Final = (
    "SELECT project_id, CAST(SUM(CASE WHEN day = ? THEN cost_nano ELSE 0 END) AS BIGINT), "
    "CAST(SUM(cost_nano) AS BIGINT) FROM rollup_days WHERE day >= ? AND day < ? "
    "GROUP BY project_id"
)


@dataclass(frozen=True, slots=True)
class Spending:
    """Nano-dollars, by the calendar of the ledger's zone."""

    day_nano: int = 0
    month_nano: int = 0


def spending(connection: Connection, days: Days) -> dict[str, Spending]:
    """By project; one that has spent nothing this month is left out."""
    today = days.day_of(connection.now_us())
    first = date_of_day(today).replace(day=1)
    after = day_of_date((first + timedelta(days=32)).replace(day=1))
    names = projects_by_id(connection)
    rows = connection.execute(_SPENT, (today, day_of_date(first), after))
    return {names[project]: Spending(day, month) for project, day, month in rows}
