"""Everything since the ledger began, as counters: they only ever grow.

Sums come from the days, which are kept for ever. Rows that were counted and taken back since, when
a process that had been given up for dead said how its calls really ended, count twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage.codes import OUTCOME_WORD
from voicegateway.storage.engine import Connection
from voicegateway.storage.models import LedgerOutcome
from voicegateway.storage.reads.histograms import Histogram, Histograms
from voicegateway.storage.reads.names import Leg, legs_by_id, projects_by_id
from voicegateway.storage.reads.reader import Reader, ledger_days
from voicegateway.storage.reads.spending import Spending, spending

__all__ = ["Counted", "Counters", "counters"]

_SUMS: Final = (
    "SELECT project_id, leg_id, outcome, CAST(SUM(attempts) AS BIGINT), "
    "CAST(SUM(unpriced) AS BIGINT), CAST(SUM(cost_nano) AS BIGINT) FROM ("
    "SELECT project_id, leg_id, outcome, attempts, unpriced, cost_nano FROM rollup_days "
    "UNION ALL "
    "SELECT project_id, leg_id, outcome, attempts, unpriced, cost_nano FROM taken_back"
    ") AS counted GROUP BY project_id, leg_id, outcome ORDER BY project_id, leg_id, outcome"
)
_SILENT_US: Final = 60_000_000
"""A process that has records renews its lease every second."""
_WRITERS: Final = (
    "SELECT CAST(COALESCE(SUM(lost), 0) AS BIGINT), CAST(COALESCE(SUM("
    "CASE WHEN lease_until_us > ? THEN queued ELSE 0 END), 0) AS BIGINT) FROM processes"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Ended attempts of one project, model and outcome."""

    project: str
    leg: Leg
    outcome: LedgerOutcome
    attempts: int
    unpriced: int
    cost_nano: int


@dataclass(frozen=True, slots=True)
class Counters:
    """As of one moment."""

    counted: tuple[Counted, ...]
    ttfb: tuple[tuple[Leg, Histogram], ...]
    duration: tuple[tuple[Leg, Histogram], ...]
    lost: int
    """Records that never reached the ledger, as far as their process could still say."""
    queued: int
    """Records that waited when their processes last said so, within the last second or two; those
    in a spool among them."""
    spending: dict[str, Spending]
    """By project."""


def counters(reader: Reader, known: Histograms) -> Counters:
    """`known` is what was summed before: only days that changed are read again."""
    with reader.snapshot() as connection:
        legs = legs_by_id(connection)
        known.update(connection)
        alive = connection.now_us() - _SILENT_US
        ((lost, queued),) = connection.execute(_WRITERS, (alive,))
        return Counters(
            counted=tuple(_counted(connection, legs)),
            ttfb=tuple((legs[leg], one) for leg, one in known.ttfb()),
            duration=tuple((legs[leg], one) for leg, one in known.duration()),
            lost=lost,
            queued=queued,
            spending=spending(connection, ledger_days(connection)),
        )


def _counted(connection: Connection, legs: dict[int, Leg]) -> list[Counted]:
    projects = projects_by_id(connection)
    return [
        Counted(projects[project], legs[leg], OUTCOME_WORD[outcome], attempts, unpriced, cost)
        for project, leg, outcome, attempts, unpriced, cost in connection.execute(_SUMS)
    ]
