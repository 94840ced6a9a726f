"""Stretches of time: calendar days, weeks and months of a zone, or any two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from voicegateway.errors import LedgerRequestError
from voicegateway.storage.days import (
    Days,
    date_of_day,
    day_of_date,
    us_of_datetime,
    zone_named,
)
from voicegateway.storage.reads.texts import time_text

__all__ = ["Period", "PeriodName", "between", "period_named"]

PeriodName = Literal["today", "week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_us` up to, and without, `end_us`: microseconds since 1970 UTC."""

    start_us: int
    end_us: int
    timezone: str
    """Whose calendar it was named by."""

    def to_json(self) -> dict[str, str]:
        start, end = time_text(self.start_us), time_text(self.end_us)
        return {"start": start, "end": end, "timezone": self.timezone}


def period_named(name: PeriodName, timezone: str, now: datetime | None = None) -> Period:
    """The calendar day, week (from Monday) or month (from the 1st) that `now` falls into, whole,
    so that it ends in the future. Raises `LedgerRequestError` for another
    name, `LedgerError` for an unknown zone."""
    days = Days(zone_named(timezone))
    moment = now or datetime.now(UTC)
    first = date_of_day(days.day_of(us_of_datetime(moment)))
    if name == "today":
        end = first + timedelta(days=1)
    elif name == "week":
        first -= timedelta(days=first.weekday())
        end = first + timedelta(days=7)
    elif name == "month":
        first = first.replace(day=1)
        end = (first + timedelta(days=31)).replace(day=1)
    else:
        raise LedgerRequestError(
            f"{name!r} is no period: use today, week or month, or a start and an end."
        )
    start_us, end_us = days.start_of(day_of_date(first)), days.start_of(day_of_date(end))
    return Period(start_us, end_us, timezone)


def between(start: date | datetime, end: date | datetime, timezone: str) -> Period:
    """From `start` to `end`. A date means the whole day, also as the end; a datetime without a
    zone is one of `timezone`. Raises `LedgerRequestError` if the end does
    not come after the start."""
    days = Days(zone_named(timezone))
    start_us, end_us = _moment(start, days, 0), _moment(end, days, 1)
    if end_us <= start_us:
        raise LedgerRequestError(
            f"A period must end after it starts, and {end} is not after {start}."
        )
    return Period(start_us, end_us, timezone)


def _moment(given: date | datetime, days: Days, days_later: int) -> int:
    if not isinstance(given, datetime):
        return days.start_of(day_of_date(given) + days_later)
    aware = given if given.tzinfo is not None else given.replace(tzinfo=days.zone)
    return us_of_datetime(aware.astimezone(UTC))
