"""Cuts a period into what the rollups hold: whole days, at the edges whole quarter-hours, and
single attempts for what remains. Together they are the period, each instant once."""

from __future__ import annotations

from dataclasses import dataclass, field

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.days import QUARTER_US, Days, clamp_us, date_of_day
from voicegateway.storage.engine import Connection
from voicegateway.storage.reads.periods import Period
from voicegateway.storage.reads.reader import ledger_days
from voicegateway.storage.schema import first_complete_quarter, pruned_before

__all__ = ["Spans", "cut", "spans_of"]

Span = tuple[int, int]
"""From the first up to, and without, the second."""


@dataclass(slots=True)
class Spans:
    days: list[Span] = field(default_factory=list)
    quarters: list[Span] = field(default_factory=list)
    moments: list[Span] = field(default_factory=list)
    """In microseconds."""


def spans_of(connection: Connection, period: Period, *, quarters: bool = True) -> Spans:
    """The spans of a period in this ledger. Without `quarters` the edges are read attempt by
    attempt, for questions that the quarter-hours do not answer. Raises `LedgerRequestError` if that
    takes attempts that are no longer kept: half a day of those cannot be told from the rest."""
    first = first_complete_quarter(connection) if quarters else None
    days = ledger_days(connection)
    spans = cut(period, days, first)
    kept_from = pruned_before(connection)
    if kept_from is not None and any(start < kept_from for start, _ in spans.moments):
        raise LedgerRequestError(
            f"Single requests before {date_of_day(days.day_of(kept_from))} ({days.zone.key}) are "
            "no longer kept (cost_tracking.retention_days): name whole days for that time."
        )
    return spans


def cut(period: Period, days: Days, first_quarter: int | None) -> Spans:
    """`first_quarter` is the oldest that is complete; None: use none."""
    spans = Spans()
    start, end = clamp_us(period.start_us), clamp_us(period.end_us)
    first = _day_from(start, days)
    last = days.day_of(end)  # itself not whole
    if first < last:
        spans.days.append((first, last))
        _cut_edge(spans, (start, days.start_of(first)), first_quarter)
        _cut_edge(spans, (days.start_of(last), end), first_quarter)
    else:
        _cut_edge(spans, (start, end), first_quarter)
    return spans


def _day_from(start: int, days: Days) -> int:
    day = days.day_of(start)
    return day if days.start_of(day) == start else day + 1


def _cut_edge(spans: Spans, edge: Span, first_quarter: int | None) -> None:
    start, end = edge
    if first_quarter is None:
        return _add(spans.moments, start, end)
    first = max(-(-start // QUARTER_US), first_quarter)
    last = end // QUARTER_US
    if first >= last:
        return _add(spans.moments, start, end)
    spans.quarters.append((first, last))
    _add(spans.moments, start, first * QUARTER_US)
    return _add(spans.moments, last * QUARTER_US, end)


def _add(moments: list[Span], start: int, end: int) -> None:
    if start < end:
        moments.append((start, end))
