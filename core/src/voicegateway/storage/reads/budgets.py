"""How a project's budget stands: what is spent, what is reserved, and which calls hold how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from voicegateway.storage.days import date_of_day, day_of_date
from voicegateway.storage.models import usd
from voicegateway.storage.reads.entries import OPEN_SELECT, Entry, entries
from voicegateway.storage.reads.names import find_project
from voicegateway.storage.reads.reader import Reader, ledger_days
from voicegateway.storage.reads.texts import time_text, usd_text

__all__ = ["BudgetState", "Reservation", "budget_state"]

_SPENT: Final = (
    "SELECT CAST(COALESCE(SUM(cost_nano), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(unpriced), 0) AS BIGINT) "
    "FROM rollup_days WHERE day >= ? AND day < ? AND project_id = ?"
)
_LEASES: Final = (
    "SELECT p.host, p.pid, l.amount_nano FROM budget_leases l "
    "LEFT JOIN processes p ON p.id = l.process_id "
    "WHERE l.project_id = ? AND l.amount_nano > 0 ORDER BY l.amount_nano DESC, l.process_id"
)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one process has reserved: what its calls hold, and what it expects to need."""

    host: str
    pid: int
    amount_nano: int

    def to_json(self) -> dict[str, object]:
        return {"host": self.host, "pid": self.pid, "amount_usd": usd_text(self.amount_nano)}


@dataclass(frozen=True, slots=True)
class BudgetState:
    """Nano-dollars. Days and months are those of the ledger's zone."""

    project: str
    timezone: str
    day_nano: int
    month_nano: int
    day_unpriced: int
    """Attempts of today without a known price: they are in no sum."""
    day_ends_us: int
    month_ends_us: int
    reservations: tuple[Reservation, ...]
    running: tuple[Entry, ...]
    """Open attempts, those that hold most first."""

    @property
    def reserved_nano(self) -> int:
        return sum(one.amount_nano for one in self.reservations)

    def to_json(self) -> dict[str, object]:
        return {
            "spent_today_usd": usd_text(self.day_nano),
            "spent_this_month_usd": usd_text(self.month_nano),
            "unpriced_today": self.day_unpriced,
            "reserved_usd": usd_text(self.reserved_nano),
            "timezone": self.timezone,
            "day_ends": time_text(self.day_ends_us),
            "month_ends": time_text(self.month_ends_us),
            "reservations": [one.to_json() for one in self.reservations],
            "running": [_running(entry) for entry in self.running],
        }


def budget_state(reader: Reader, project: str) -> BudgetState:
    """A project that the ledger does not know has spent nothing."""
    with reader.snapshot() as connection:
        days = ledger_days(connection)
        today = days.day_of(connection.now_us())
        first = date_of_day(today).replace(day=1)
        after = day_of_date((first + timedelta(days=32)).replace(day=1))
        project_id = find_project(connection, project) or -1
        ((day, unpriced),) = connection.execute(_SPENT, (today, today + 1, project_id))
        ((month, _),) = connection.execute(_SPENT, (day_of_date(first), after, project_id))
        leases = connection.execute(_LEASES, (project_id,))
        rows = connection.execute(
            f"{OPEN_SELECT} WHERE a.project_id = ? ORDER BY a.held_nano DESC", (project_id,)
        )
        return BudgetState(
            project=project,
            timezone=days.zone.key,
            day_nano=day,
            month_nano=month,
            day_unpriced=unpriced,
            day_ends_us=days.start_of(today + 1),
            month_ends_us=days.start_of(after),
            reservations=tuple(Reservation(host or "?", pid or 0, n) for host, pid, n in leases),
            running=tuple(entries(connection, rows)),
        )


def _running(entry: Entry) -> dict[str, object]:
    held = usd(entry.held_nano)
    return {
        "id": entry.id,
        "session_id": entry.session_id,
        "provider": entry.leg.provider,
        "model": entry.leg.model,
        "modality": entry.leg.modality.value,
        "started_at": time_text(entry.started_us),
        "held_usd": None if held is None else usd_text(entry.held_nano),
    }
