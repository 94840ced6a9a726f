"""What a cell may hold: exact numbers, moments in UTC, words. Each raises a `ValueError` that says
what is wrong with it, without its place."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from voicegateway.authoring.exports.errors import shown

__all__ = ["is_formula", "iso_time", "number", "unix_time", "word"]

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII)
_MOST_DIGITS: Final = 24
"""Four less than `Decimal` calculates with: sums and changes of unit stay exact."""
_LARGEST: Final = 18
"""Powers of ten. No vendor's counter has 19 digits before the point."""
_LARGEST_INT: Final = 10**_LARGEST
_FIRST_YEAR: Final = 2015
_LAST_YEAR: Final = 2100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def number(value: object) -> Decimal:
    """Exact, from a JSON number or a string in digits."""
    if type(value) is int and -_LARGEST_INT < value < _LARGEST_INT:  # nearly all are
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{shown(value)} is no number")
    found = Decimal(value)
    digits = found.as_tuple()
    if len(digits.digits) > _MOST_DIGITS or (found and abs(found.adjusted()) > _LARGEST):
        raise ValueError(f"{shown(str(value))} is too large or too long a number")
    return found


def unix_time(value: object, per_second: int = 1) -> datetime:
    """`per_second` is 1000 for milliseconds."""
    counted = number(value)
    if counted != counted.to_integral_value():
        raise ValueError(f"{shown(value)} is no moment: a whole number was expected")
    try:
        found = _EPOCH + timedelta(microseconds=int(counted) * (10**6 // per_second))
    except OverflowError:
        raise ValueError(f"{shown(value)} is no moment that can be") from None
    return _plausible(found, value)


def iso_time(value: object) -> datetime:
    """An ISO 8601 moment with its offset, or a day, which begins at midnight UTC."""
    text = word(value)
    if not _MOMENT.fullmatch(text):
        if _DAY.fullmatch(text):
            return _plausible(_parsed(text).replace(tzinfo=UTC), value)
        raise ValueError(f"{shown(value)} is no moment such as 2026-11-01T00:00:00Z")
    found = _parsed(text)
    if found.tzinfo is None:
        raise ValueError(f"{shown(value)} is no moment: it lacks its time zone")
    return _plausible(found, value).astimezone(UTC)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no moment that can be") from None


def word(value: object) -> str:
    """Text on one line that no spreadsheet would calculate."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is no text")
    if is_formula(value):
        raise ValueError(f"{shown(value)} is a spreadsheet formula: remove it")
    if not value.isprintable():
        raise ValueError(f"{shown(value)} has characters that cannot be printed")
    return value


def is_formula(text: str) -> bool:
    """What a spreadsheet would calculate rather than show. A number with its sign is none."""
    if text[:1].isalnum():
        return False
    return text.lstrip().startswith(("=", "@", "+", "-")) and not _NUMBER.fullmatch(text.strip())


def _plausible(found: datetime, value: object) -> datetime:
    if _FIRST_YEAR <= found.year < _LAST_YEAR:
        return found
    raise ValueError(f"{shown(value)} is no moment of these years: is its unit right?")
