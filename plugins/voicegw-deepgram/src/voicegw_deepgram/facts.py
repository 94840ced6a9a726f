"""The vendor's counters as `StreamReport.vendor` holds them. They come from a network: what makes
no sense is not there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from voicegateway.types import StreamReport

__all__ = ["seconds_fact", "turns_fact", "whole_fact"]

_MICRO: Final = Decimal("0.000001")
_MOST: Final = 10**12
"""More than any call ever used of anything."""


def seconds_fact(report: StreamReport, name: str) -> Decimal | None:
    """Seconds come as floats that were added up: what is below a microsecond is their rounding."""
    value = report.vendor.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    sensible = math.isfinite(value) and 0 <= value < _MOST
    return Decimal(repr(value)).quantize(_MICRO) if sensible else None


def whole_fact(report: StreamReport, name: str) -> int | None:
    return _whole(report.vendor.get(name))


def turns_fact(report: StreamReport) -> list[tuple[int, int]]:
    """Characters received and billed, of each turn that was counted."""
    turns = report.vendor.get("turns")
    found = list(turns.values()) if isinstance(turns, Mapping) else []
    return [pair for pair in found if len(pair) == 2 and None not in map(_whole, pair)]


def _whole(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _MOST else None
