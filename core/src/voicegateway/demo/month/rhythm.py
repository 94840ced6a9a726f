"""When calls come: by day and night, by weekday and weekend, a little more each week."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from voicegateway.demo.month.cast import PROJECTS, Project

__all__ = ["DAYS", "Arrival", "arrivals", "slow_afternoon"]

DAYS: Final = 31
_WEEKEND: Final = {5: 0.45, 6: 0.3}
_QUIET: Final = 0.06
_GROWTH: Final = 0.3
"""How much more there is at the end than at the beginning."""
_JUST_NOW: Final = timedelta(minutes=40)

Arrival = tuple[datetime, Project]


def arrivals(chance: random.Random, count: int, end: datetime) -> Iterator[Arrival]:
    """About `count` calls of the month before `end`, the oldest first. Each project has one of the
    last forty minutes, whatever the hour."""
    recent = [(end - _JUST_NOW * chance.random(), project) for project in PROJECTS]
    for hour in _hours(end):
        for project in PROJECTS:
            expected = count * _share(project, hour, end)
            for _ in range(_about(chance, expected)):
                yield _within(chance, hour, end), project
    yield from recent


def slow_afternoon(end: datetime) -> tuple[datetime, datetime]:
    """When one vendor was slow: from 13:00 to 16:30 UTC of a recent working day."""
    day = end - timedelta(days=2)
    while day.weekday() in _WEEKEND:
        day -= timedelta(days=1)
    start = day.replace(hour=13, minute=0, second=0, microsecond=0)
    return start, start + timedelta(hours=3, minutes=30)


def _hours(end: datetime) -> list[datetime]:
    last = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in reversed(range(DAYS * 24))]


def _share(project: Project, hour: datetime, end: datetime) -> float:
    """Which part of all calls are this project's of this hour."""
    first, last = project.busy
    busy = last - first
    usual = busy + _QUIET * (24 - busy)
    of_day = (1.0 if first <= hour.hour < last else _QUIET) / usual
    age = (end - hour) / timedelta(days=DAYS)
    trend = 1 + _GROWTH * (0.5 - age)
    return project.share * of_day * trend * _WEEKEND.get(hour.weekday(), 1.2) / DAYS


def _about(chance: random.Random, expected: float) -> int:
    """A whole number whose mean is `expected`, spread as calls are that know nothing of each
    other."""
    number, waited = -1, 0.0
    while waited < expected:
        waited += chance.expovariate(1.0)
        number += 1
    return max(number, 0)


def _within(chance: random.Random, hour: datetime, end: datetime) -> datetime:
    length = min(timedelta(hours=1), end - hour)
    return hour + length * chance.random()
