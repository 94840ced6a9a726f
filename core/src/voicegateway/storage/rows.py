"""An ended attempt as the ledger stores it: what goes into `attempts` and into the rollups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage import quotes
from voicegateway.storage.codes import (
    ABANDONED,
    BASIS_CODE,
    OUTCOME_CODE,
    UNIT_COLUMNS,
    VERDICT_CODE,
    SparseUnits,
    bounded,
    sparse,
)
from voicegateway.storage.days import clamp_us
from voicegateway.storage.dimensions import Dimensions
from voicegateway.storage.engine import Row, Value
from voicegateway.storage.models import AttemptClosed, nano_usd

__all__ = ["CLOSED_COLUMNS", "Closed", "Key", "abandoned", "closed", "settled"]

Key = tuple[str, int]
"""(call id, attempt)."""

CLOSED_COLUMNS: Final = (
    "call_id",
    "attempt",
    "started_us",
    "project_id",
    "leg_id",
    "session_id",
    "outcome",
    "unit_basis",
    "verdict",
    "cost_nano",
    "ttfb_us",
    "duration_us",
    "speech_id",
    "fallback_from",
    "error",
    "vendor_request_id",
    "process_id",
    "held_nano",
    "rate_card_id",
    "quote",
)
"""Of `attempts`, without the unit columns."""

_LONGEST_US: Final = 10**13  # a hundred days


@dataclass(slots=True)
class Closed:
    """One row of `attempts`. `head` has the values of `CLOSED_COLUMNS`."""

    started_us: int
    project_id: int
    leg_id: int
    session_id: int | None
    outcome: int
    cost_nano: int | None
    ttfb_us: int | None
    duration_us: int | None
    units: SparseUnits
    head: tuple[Value, ...]

    @property
    def key(self) -> Key:
        return self.head[:2]  # type: ignore[return-value]


def closed(
    record: AttemptClosed, dimensions: Dimensions, process_id: int, held_nano: int | None
) -> Closed:
    """Raises `AbsurdNumberError` or `ArithmeticError` for numbers that no attempt can have."""
    attempt, quote = record.attempt, record.quote
    started = clamp_us(attempt.started_us)
    project, leg, session = dimensions.place(attempt)
    outcome = OUTCOME_CODE[record.outcome]
    cost = nano_usd(quote.amount_usd)
    if cost is not None:
        bounded(cost)
    ttfb, duration = _micros(record.ttfb_ms), _micros(record.duration_ms)
    head = (
        attempt.call_id, attempt.attempt, started, project, leg, session, outcome,
        BASIS_CODE[record.basis], VERDICT_CODE[record.verdict], cost, ttfb, duration,
        record.speech_id, attempt.fallback_from, record.error, record.vendor_request_id,
        process_id, held_nano, dimensions.rate_card(quote, record.terms),
        quotes.encode(quote),
    )  # fmt: skip
    units = sparse(record.units)
    return Closed(started, project, leg, session, outcome, cost, ttfb, duration, units, head)


def settled(row: Row) -> Closed:
    """A row of `attempts` read back (`CLOSED_COLUMNS`, then the units)."""
    head, units = row[: len(CLOSED_COLUMNS)], row[-len(UNIT_COLUMNS) :]
    _, _, started, project, leg, session, outcome, _, _, cost, ttfb, duration = head[:12]
    return Closed(
        started, project, leg, session, outcome, cost, ttfb, duration, _present(units), head
    )


def abandoned(row: Row) -> Closed:
    """What becomes of an open attempt (`OPEN_COLUMNS`, then the units) whose process died.

    At least what it was last seen to cost, at least what it held of a budget: money that may
    have been spent is never forgotten. Its duration nobody knows."""
    call_id, attempt, started, project, leg, session, fallback = row[:7]
    process, held, _, basis, spent = row[7:12]
    costs = [amount for amount in (held, spent) if amount is not None]
    cost = max(costs) if costs else None
    head = (
        call_id, attempt, started, project, leg, session, ABANDONED,
        BASIS_CODE["estimated"] if basis is None else basis, VERDICT_CODE["unverifiable"], cost,
        None, None, None, fallback, None, None, process, held, None, None,
    )  # fmt: skip
    units = _present(row[-len(UNIT_COLUMNS) :])
    return Closed(started, project, leg, session, ABANDONED, cost, None, None, units, head)


def _present(columns: Row) -> SparseUnits:
    return {index: value for index, value in enumerate(columns) if value is not None}


def _micros(milliseconds: float | None) -> int | None:
    if milliseconds is None:
        return None
    value = round(milliseconds * 1000)
    return min(value, _LONGEST_US)
