"""From a path or an open file to text, a piece at a time."""

from __future__ import annotations

import codecs
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from voicegateway.authoring.exports.errors import UsageExportError

__all__ = ["Source", "file_name", "pieces"]

Source = str | os.PathLike[str] | IO[bytes]

_PIECE: Final = 1 << 16
"""Bytes read at a time."""
_REFUSED: Final = {
    codecs.BOM_UTF32_LE: "is UTF-32: save it as UTF-8",
    codecs.BOM_UTF32_BE: "is UTF-32: save it as UTF-8",
    b"\x1f\x8b": "is compressed: unpack it first",
    b"PK\x03\x04": "is an archive or a spreadsheet: save what it holds as JSON or CSV",
}
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def file_name(source: Source) -> str:
    """What messages call it: without its folder."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name or "the export"
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) and name else "the export"


def pieces(source: Source) -> Iterator[str]:
    """The text, a piece of at most 64 KB after the other. UTF-8, with or without a mark, and
    UTF-16 with one. A file that was open stays so. Raises `UsageExportError` for any other
    encoding, and for a path that cannot be read."""
    name = file_name(source)
    with _opened(source, name) as read:
        first = _at_least_four(read)
        for mark, problem in _REFUSED.items():
            if first.startswith(mark):
                raise UsageExportError(name, "", problem)
        yield from _decoded(first, read, name)


def _decoded(first: bytes, read: Callable[[], bytes], name: str) -> Iterator[str]:
    mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)()
    piece = first[len(mark) :]
    done = len(mark)
    try:
        while piece:
            yield from filter(None, (decoder.decode(piece),))
            done += len(piece)
            piece = read()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        place = f"about byte {done + error.start}"
        problem = f"is not {encoding.upper()} text: save it as UTF-8 (it may also be cut short)"
        raise UsageExportError(name, place, problem) from None


@contextlib.contextmanager
def _opened(source: Source, name: str) -> Iterator[Callable[[], bytes]]:
    try:
        if not isinstance(source, str | os.PathLike):
            yield lambda: _bytes(source.read(_PIECE), name)
            return
        with _file(source) as file:
            yield lambda: file.read(_PIECE)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or type(error).__name__}"
        raise UsageExportError(name, "", problem) from None


def _file(path: str | os.PathLike[str]) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except ValueError as error:  # a zero byte in the name
        raise OSError(0, str(error)) from None


def _bytes(piece: Any, name: str) -> bytes:
    if isinstance(piece, bytes):
        return piece
    raise UsageExportError(name, "", "was opened as text: open it in binary mode")


def _at_least_four(read: Callable[[], bytes]) -> bytes:
    """Enough to know the encoding: a pipe may hand over a byte at a time."""
    first = b""
    while len(first) < 4 and (piece := read()):
        first += piece
    return first
