"""Which stretch of time a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.queries import Period, PeriodName, between, period_named

__all__ = ["Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """A named period, or a start and an end; without either this month."""

    period: str | None = None
    """`today`, `week` (from Monday) or `month` (from the 1st) of the ledger's zone."""
    start: str | None = None
    """`2026-11-22` or `2026-11-22T14:00`; without a zone, one of the ledger's."""
    end: str | None = None
    """The same. A day is in the period, a moment is not."""

    def resolve(self, timezone: str) -> Period:
        """Raises `LedgerRequestError`."""
        if self.start is None and self.end is None:
            return period_named(_name("month" if self.period is None else self.period), timezone)
        if self.period is not None:
            raise LedgerRequestError("Give a period, or a start and an end, and not both.")
        if self.start is None or self.end is None:
            raise LedgerRequestError("A start and an end go together.")
        start, end = _moment(self.start), _moment(self.end)
        try:
            return between(start, end, timezone)
        except (OverflowError, ValueError):  # the ends of the calendar
            raise LedgerRequestError(
                f"{self.start} to {self.end} is no period that a calendar has."
            ) from None


def _name(text: str) -> PeriodName:
    for name in get_args(PeriodName):
        if text == name:
            return name  # type: ignore[no-any-return]
    known = ", ".join(get_args(PeriodName))
    raise LedgerRequestError(f"{text!r} is no period: use {known}, or a start and an end.")


def _moment(text: str) -> date | datetime:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    raise LedgerRequestError(f"{text!r} is no date: write 2026-11-22 or 2026-11-22T14:00.")
