"""Goes on where the sample month ends: calls that come in while somebody looks."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from voicegateway.demo.month.attempts import ended_us
from voicegateway.demo.month.calls import Weather, phone_call
from voicegateway.demo.month.cast import PROJECTS
from voicegateway.demo.month.rhythm import slow_afternoon
from voicegateway.storage.days import us_of_datetime
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import AttemptOpened, LedgerRecord, nano_usd

__all__ = ["play"]

_EVERY_SECONDS: Final = 20.0
"""In the mean, from one call to the next."""
_UNDER_WAY: Final = timedelta(minutes=2)
"""Since when the first calls have been running."""
_LOOK_SECONDS: Final = 0.25

Due = tuple[int, int, LedgerRecord]
"""When, in microseconds; a number that settles ties; what."""


def play(ledger_path: Path, stop: threading.Event, *, seed: int | None = None) -> None:
    """Writes calls at their own pace until `stop` is set. Those that run then are left as any
    process leaves them that ends: abandoned."""
    ledger = open_ledger(ledger_path, timezone=None)
    try:
        for record in _at_its_time(_traffic(random.Random(seed)), stop):  # noqa: S311 - made up
            ledger.append(record)
    finally:
        ledger.close()


def _at_its_time(due: Iterator[Due], stop: threading.Event) -> Iterator[LedgerRecord]:
    for at, _, record in due:
        while at > us_of_datetime(datetime.now(UTC)):
            if stop.wait(_LOOK_SECONDS):
                return
        yield record


def _traffic(chance: random.Random) -> Iterator[Due]:
    """Without end, in the order of time."""
    numbers, waiting = itertools.count(), list[Due]()
    start = datetime.now(UTC) - _UNDER_WAY
    weather = Weather("", *slow_afternoon(start))
    while True:
        project = chance.choices(PROJECTS, [project.share for project in PROJECTS])[0]
        for record in phone_call(chance, project, start, weather):
            held = nano_usd(record.quote.amount_usd)
            opened = AttemptOpened(record.attempt, held)
            heapq.heappush(waiting, (record.attempt.started_us, next(numbers), opened))
            heapq.heappush(waiting, (ended_us(record), next(numbers), record))
        start += timedelta(seconds=chance.expovariate(1 / _EVERY_SECONDS))
        while waiting and waiting[0][0] < us_of_datetime(start):
            yield heapq.heappop(waiting)
