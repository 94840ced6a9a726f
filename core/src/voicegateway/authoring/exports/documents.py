"""JSON values one behind the other: one document, JSON lines, or several pages in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from voicegateway.authoring.exports.errors import UsageExportError, shown

__all__ = ["documents"]

_LARGEST: Final = 1 << 26
"""Characters of one JSON value: a page of a month by the minute is a tenth of it."""
_LONGEST_TOKEN: Final = 64


class _RefusedError(ValueError):
    """JSON, and nothing that an export has."""


def documents(text: Iterator[str], name: str) -> Iterator[object]:
    """Each value at the top, numbers exact: `int` or `Decimal`. Only one is in memory at a time,
    and none of over 64 million characters is read."""
    buffer, at, count, ended = "", 0, 1, False
    while True:
        at = _skip_space(buffer, at)
        found = None if at == len(buffer) else _decode(buffer, at, ended, f"document {count}", name)
        if found is not None:
            value, at = found
            yield value
            count += 1
        elif ended:
            return
        else:
            buffer, ended = _longer(buffer[at:], text)
            at = 0
            if len(buffer) > _LARGEST:
                problem = "is larger than 64 MB: ask the vendor for fewer days a page"
                raise UsageExportError(name, f"document {count}", problem)


def _longer(rest: str, text: Iterator[str]) -> tuple[str, bool]:
    """Twice as much, so that a long document is parsed about twice in all; and whether that was
    the end of the file."""
    read, size = [rest], len(rest)
    for piece in text:
        read.append(piece)
        size += len(piece)
        if size >= 2 * len(rest):
            return "".join(read), False
    return "".join(read), True


def _decode(buffer: str, at: int, ended: bool, place: str, name: str) -> tuple[object, int] | None:  # noqa: FBT001
    """None: there may be more of it to come."""
    try:
        return _DECODER.raw_decode(buffer, at)
    except json.JSONDecodeError as error:
        if not ended and _is_cut(error, buffer):
            return None
        raise UsageExportError(name, place, _described(error, buffer)) from None
    except _RefusedError as error:
        raise UsageExportError(name, place, str(error)) from None
    except (ValueError, ArithmeticError):  # more digits than `int` reads, a power of ten too high
        raise UsageExportError(name, place, "has a number that is too large") from None
    except RecursionError:
        raise UsageExportError(name, place, "is nested too deeply to be an export") from None


def _is_cut(error: json.JSONDecodeError, buffer: str) -> bool:
    return error.msg.startswith("Unterminated") or error.pos >= len(buffer) - _LONGEST_TOKEN


def _described(error: json.JSONDecodeError, buffer: str) -> str:
    if error.pos >= len(buffer.rstrip()) or error.msg.startswith("Unterminated"):
        return "ends in the middle: the file is cut short, download it again"
    return f"is not JSON ({error.msg} at {shown(buffer[error.pos : error.pos + 20])})"


def _skip_space(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n":
        at += 1
    return at


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise _RefusedError(f"has {shown(twice[0])} twice in one object")
    return found


def _constant(word: str) -> Any:
    raise _RefusedError(f"has {word}, which is no number")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_float=Decimal, parse_constant=_constant
)
