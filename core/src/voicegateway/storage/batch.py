"""What a batch of records says, attempt by attempt, whatever their order and however often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from voicegateway.storage.codes import BASIS_CODE, UNIT_COLUMNS, dense, sparse
from voicegateway.storage.days import clamp_us
from voicegateway.storage.dimensions import Dimensions
from voicegateway.storage.engine import Value
from voicegateway.storage.models import (
    Attempt,
    AttemptCheckpointed,
    AttemptClosed,
    AttemptOpened,
    LedgerRecord,
)
from voicegateway.storage.rows import Key

__all__ = ["OPEN_COLUMNS", "Running", "coalesce", "opening"]

OPEN_COLUMNS: Final = (
    "call_id",
    "attempt",
    "started_us",
    "project_id",
    "leg_id",
    "session_id",
    "fallback_from",
    "process_id",
    "held_nano",
    "checkpoint_us",
    "unit_basis",
    "cost_nano",
)
"""Of `open_attempts`, without the unit columns."""
_NO_CHECKPOINT: Final[tuple[Value, ...]] = (None,) * (3 + len(UNIT_COLUMNS))


@dataclass(slots=True)
class Running:
    """All that is known of one attempt."""

    attempt: Attempt
    held_nano: int | None = None
    checkpoint: AttemptCheckpointed | None = None
    closed: AttemptClosed | None = None

    @property
    def key(self) -> Key:
        return self.attempt.call_id, self.attempt.attempt

    def learn(self, record: LedgerRecord) -> None:
        """Takes in one more record: the first close counts, and the latest checkpoint."""
        if isinstance(record, AttemptClosed):
            self.closed = self.closed or record
        elif isinstance(record, AttemptOpened):
            self.held_nano = record.held_nano if self.held_nano is None else self.held_nano
        elif self.checkpoint is None or record.at_us > self.checkpoint.at_us:
            self.checkpoint = record


def coalesce(records: Iterable[LedgerRecord]) -> dict[Key, Running]:
    """One entry an attempt: an open and its close in one batch become a single insert."""
    found: dict[Key, Running] = {}
    for record in records:
        attempt = record.attempt
        key = (attempt.call_id, attempt.attempt)
        running = found.get(key)
        if running is None:
            running = found[key] = Running(attempt)
        running.learn(record)
    return found


def opening(running: Running, dimensions: Dimensions, process_id: int) -> tuple[Value, ...]:
    """The row of `open_attempts`: `OPEN_COLUMNS`, then the units."""
    attempt, checkpoint = running.attempt, running.checkpoint
    measured = _NO_CHECKPOINT
    if checkpoint is not None:
        basis, units = BASIS_CODE[checkpoint.basis], dense(sparse(checkpoint.units))
        measured = (checkpoint.at_us, basis, checkpoint.cost_nano, *units)
    return (
        attempt.call_id,
        attempt.attempt,
        clamp_us(attempt.started_us),
        *dimensions.place(attempt),
        attempt.fallback_from,
        process_id,
        running.held_nano,
        *measured,
    )
