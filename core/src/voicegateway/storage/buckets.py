"""Log-spaced buckets for latencies: bucket b holds [1.02^b, 1.02^(b+1)) microseconds, so that a
percentile read from the counts is within 1 % of the true one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

__all__ = [
    "DURATION",
    "PACKED",
    "TTFB",
    "bucket_of",
    "middle_us",
    "packed",
    "percentiles",
    "unpacked",
]

TTFB: Final = 0
DURATION: Final = 1
_STEP: Final = math.log(1.02)
_MEASURE: Final = 1 << 12
_LEG: Final = 1 << 13
PACKED: Final = f"(leg_id * {_LEG} + measure * {_MEASURE} + bucket)"
"""`packed` in SQL."""


def bucket_of(microseconds: int) -> int:
    """The bucket of a latency; everything below a microsecond is in bucket 0."""
    return int(math.log(microseconds) / _STEP) if microseconds > 1 else 0


def packed(leg: int, measure: int, bucket: int) -> int:
    """The three in one number, which sorts as they would. A tuple for each latency would keep the
    garbage collector busy, and a database groups by one number in half the time."""
    return leg * _LEG + measure * _MEASURE + bucket


def unpacked(key: int) -> tuple[int, int, int]:
    """Leg, measure and bucket of a packed number."""
    leg, rest = divmod(key, _LEG)
    return leg, *divmod(rest, _MEASURE)


def middle_us(bucket: int) -> float:
    """The value a bucket stands for, in microseconds: at most 1 % from any that it holds."""
    return math.exp((bucket + 0.5) * _STEP)


def percentiles(counts: Iterable[tuple[int, int]], wanted: Iterable[float]) -> dict[float, float]:
    """Percentiles (50 is the median) in microseconds by nearest rank, of (bucket, count) pairs;
    empty if nothing was counted."""
    ordered = sorted(counts)
    total = sum(count for _, count in ordered)
    found: dict[float, float] = {}
    seen, place = 0, iter(ordered)
    bucket = 0
    for percent in sorted(wanted) if total else ():
        rank = max(1, math.ceil(percent / 100 * total))
        while seen < rank:
            bucket, count = next(place)
            seen += count
        found[percent] = middle_us(bucket)
    return found
