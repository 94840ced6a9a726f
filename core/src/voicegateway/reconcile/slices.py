"""A period in pieces that several processes can take one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voicegateway.storage.queries import Period, Reader

__all__ = ["slices_of"]

_COUNT: Final = 64
"""So many that nobody waits long for the last one."""


def slices_of(reader: Reader, period: Period) -> list[Period]:
    """Equally long between the first attempt and the last, and together the whole period."""
    sql = "SELECT started_us FROM attempts WHERE started_us >= ? AND started_us < ? ORDER BY "
    window = (period.start_us, period.end_us)
    with reader.snapshot() as connection:
        first = connection.execute(f"{sql} started_us LIMIT 1", window)
        last = connection.execute(f"{sql} started_us DESC LIMIT 1", window)
    if not first:
        return [period]
    begin, end = first[0][0], last[0][0] + 1
    step = -(-(end - begin) // _COUNT)
    inner = list(range(begin + step, end, step))
    edges = zip([period.start_us, *inner], [*inner, period.end_us], strict=True)
    return [replace(period, start_us=start, end_us=stop) for start, stop in edges]
