"""Calendar days of a time zone and quarter-hours of UTC, as whole numbers.

A day is counted from 1970-01-01 and runs from one local midnight to the next, 23 or 25 hours
where the clocks change. Where midnight itself is skipped the day starts when the clocks moved.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voicegateway.errors import LedgerError

__all__ = [
    "QUARTER_US",
    "Days",
    "clamp_us",
    "date_of_day",
    "datetime_of_us",
    "day_of_date",
    "us_of_datetime",
    "zone_named",
]

QUARTER_US: Final = 900_000_000
_UTC_DAY_US: Final = 86_400_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_EPOCH_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def zone_named(name: str) -> ZoneInfo:
    """Raises `LedgerError` for a name that is no time zone here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise LedgerError(
            f"{name!r} is not a time zone known here: use a name like UTC or Europe/Berlin "
            "(the package tzdata brings the list where the system has none)."
        ) from error


def us_of_datetime(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime, exactly."""
    return (moment - _EPOCH_TIME) // _US


def datetime_of_us(us: int) -> datetime:
    """The same backwards, in UTC; a time outside the calendar becomes its nearest end."""
    return _EPOCH_TIME + clamp_us(us) * _US


_FIRST_US: Final = us_of_datetime(datetime(2, 1, 3, tzinfo=UTC))
_LAST_US: Final = us_of_datetime(datetime(9998, 12, 29, tzinfo=UTC))


def clamp_us(us: int) -> int:
    """A time that a calendar has, whatever a broken clock said."""
    if _FIRST_US <= us <= _LAST_US:
        return us
    return min(max(us, _FIRST_US), _LAST_US)


def day_of_date(day: date) -> int:
    return day.toordinal() - _EPOCH


def date_of_day(day: int) -> date:
    return date.fromordinal(day + _EPOCH)


class Days:
    """The calendar days of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._around = lru_cache(maxsize=1024)(self._days_around)
        self._last = (0, 0, 0)

    def day_of(self, us: int) -> int:
        """The day a time falls into, exactly; times outside the calendar fall into its ends."""
        first, end, day = self._last
        if first <= us < end:
            return day
        us = clamp_us(us)
        for span in self._around(us // _UTC_DAY_US):
            if span[0] <= us < span[1]:
                self._last = span
                return span[2]
        raise AssertionError("days follow each other without a gap")

    def start_of(self, day: int) -> int:
        """The first microsecond of a day."""
        local = datetime.combine(date_of_day(day), datetime.min.time(), tzinfo=self.zone)
        return us_of_datetime(local.astimezone(UTC))

    def _days_around(self, utc_day: int) -> tuple[tuple[int, int, int], ...]:
        # Offsets stay below a day, so a UTC day touches only its own date and the two beside it.
        starts = [self.start_of(utc_day + shift) for shift in (-1, 0, 1, 2)]
        return tuple((starts[index], starts[index + 1], utc_day + index - 1) for index in range(3))
