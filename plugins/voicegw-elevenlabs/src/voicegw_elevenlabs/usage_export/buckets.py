"""When a bucket ends: the reports say only when each begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from voicegateway.authoring import ExportRecord
from voicegateway.authoring.exports import values

__all__ = ["ends", "moment"]

_DAY: Final = timedelta(days=1)
"""What a bucket lasts that nothing says otherwise of: the interface's own default."""
_MILLISECONDS_FROM: Final = 10**11
"""As seconds, this is the year 5138."""


def ends(starts: Iterable[datetime]) -> Mapping[datetime, datetime]:
    """A bucket ends as the next begins, where they touch, which takes changes of the clocks and the
    lengths of months along; else after the commonest length, for those of no use are left out."""
    ordered = sorted(set(starts))
    steps = Counter(after - before for before, after in pairwise(ordered))
    usual = min(steps, key=lambda step: (-steps[step], step), default=_DAY)
    touching = {
        before: after for before, after in pairwise(ordered) if after - before < usual * 1.5
    }
    return {start: touching.get(start, start + usual) for start in ordered}


def moment(record: ExportRecord, value: object) -> datetime:
    """Unix time in milliseconds or seconds, or ISO 8601."""
    try:
        if isinstance(value, str):
            return values.iso_time(value)
        large = values.number(value) >= _MILLISECONDS_FROM
        return values.unix_time(value, 1000 if large else 1)
    except ValueError as error:
        raise record.error(str(error)) from None
