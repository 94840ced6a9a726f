"""Remembers what rows counted for that were taken back, for counters that may never fall."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from voicegateway.storage.engine import Connection
from voicegateway.storage.rows import Closed

__all__ = ["remember"]

_ADD: Final = (
    "INSERT INTO taken_back (project_id, leg_id, outcome, attempts, unpriced, cost_nano) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (project_id, leg_id, outcome) DO UPDATE SET "
    "attempts = taken_back.attempts + excluded.attempts, "
    "unpriced = taken_back.unpriced + excluded.unpriced, "
    "cost_nano = taken_back.cost_nano + excluded.cost_nano"
)


def remember(connection: Connection, rows: Iterable[Closed]) -> None:
    """In the transaction that takes them out of the rollups. Does nothing if there are none, as
    there are but for a reaper's mistake."""
    sums: dict[tuple[int, int, int], list[int]] = {}
    for row in rows:
        one = sums.setdefault((row.project_id, row.leg_id, row.outcome), [0, 0, 0])
        one[0] += 1
        one[1] += row.cost_nano is None
        one[2] += row.cost_nano or 0
    if sums:
        connection.change_many(_ADD, [(*key, *sums[key]) for key in sorted(sums)])
