"""Any Python string through PostgreSQL and back.

Its text holds neither NUL nor half a surrogate pair, and vendors send both. Here they travel as
an escape that begins with U+FDD0, a code point that is reserved for never being exchanged; one
that comes all the same is doubled. Everything else is stored as it is.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MARK", "from_wire", "to_wire"]

MARK: Final = "\ufdd0"
_ODD: Final = re.compile("[\x00\ud800-\udfff\ufdd0]")
_ESCAPED: Final = re.compile(f"{MARK}({MARK}|0|d[89a-f][0-9a-f]{{2}})")


def to_wire(text: str) -> str:
    """What is stored for a text."""
    if text.isascii() and "\x00" not in text:
        return text
    return _ODD.sub(_escape, text)


def from_wire(text: str) -> str:
    """The text that was stored."""
    return _ESCAPED.sub(_unescape, text) if MARK in text else text


def _escape(match: re.Match[str]) -> str:
    odd = match[0]
    if odd == MARK:
        return MARK + MARK
    return MARK + ("0" if odd == "\x00" else f"{ord(odd):x}")


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    return MARK if code == MARK else chr(int(code, 16))
