"""Calendar days, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ledger_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegateway.errors import LedgerError
from voicegateway.storage.days import Days, date_of_day, datetime_of_us, day_of_date, zone_named

HOUR = 3_600_000_000
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut"]
recent = st.integers(
    kit.us(datetime(1980, 1, 1, tzinfo=UTC)), kit.us(datetime(2040, 1, 1, tzinfo=UTC))
)


@given(recent, st.sampled_from(ZONES))
def test_a_moment_is_in_the_day_its_local_clock_shows(moment: int, zone: str) -> None:
    local = datetime_of_us(moment).astimezone(ZoneInfo(zone)).date()
    assert date_of_day(Days(ZoneInfo(zone)).day_of(moment)) == local


@given(st.integers(), st.sampled_from(ZONES))
def test_every_number_is_in_some_day(moment: int, zone: str) -> None:
    days = Days(ZoneInfo(zone))
    day = days.day_of(moment)
    assert days.day_of(days.start_of(day)) == day
    assert days.day_of(days.start_of(day + 1) - 1) == day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 7, 1), 24),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Beirut", date(2026, 3, 29), 23),  # midnight itself is skipped
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the whole day was
    ],
)
def test_days_are_as_long_as_they_are(zone: str, day: date, hours: int) -> None:
    days = Days(ZoneInfo(zone))
    number = day_of_date(day)
    assert days.start_of(number + 1) - days.start_of(number) == hours * HOUR


def test_the_hour_that_comes_twice_is_in_one_day_both_times() -> None:
    days = Days(ZoneInfo("Europe/Berlin"))
    first = datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin"))
    second = first.replace(fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert {days.day_of(kit.us(one.astimezone(UTC))) for one in (first, second)} == {
        day_of_date(date(2026, 10, 25))
    }


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_a_clear_error(name: str) -> None:
    with pytest.raises(LedgerError, match="not a time zone"):
        zone_named(name)
