"""All records of the sample month, and those of the calls that are running at its end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from voicegateway.demo.month.calls import Weather, phone_call
from voicegateway.demo.month.rhythm import arrivals, slow_afternoon
from voicegateway.storage.models import AttemptClosed

__all__ = ["records"]

_ROWS_A_CALL: Final = 17.5
"""In the mean."""
_SLOW_VENDOR: Final = "acme"


def records(rows: int, end: datetime, seed: int) -> Iterator[AttemptClosed]:
    """About `rows` attempts of the month before `end`. Those that would end later are among them:
    they are running at that moment."""
    chance = random.Random(seed)  # noqa: S311 - made up to be the same again
    weather = Weather(_SLOW_VENDOR, *slow_afternoon(end))
    for number, (start, project) in enumerate(arrivals(chance, round(rows / _ROWS_A_CALL), end)):
        own = random.Random(f"{seed}/{number}")  # noqa: S311 - as above
        yield from phone_call(own, project, start, weather)
