"""Rows of CSV: comma, semicolon or tab between the cells, a header in the first line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from voicegateway.authoring.exports.errors import UsageExportError, shown
from voicegateway.authoring.exports.values import is_formula

__all__ = ["rows"]

_LONGEST: Final = 1 << 17
"""Characters of a line."""
_SEPARATORS: Final = ",;\t"


def rows(text: Iterator[str], name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of its last line and the cells of each row, one in memory at a time. Raises
    `UsageExportError` for a row of another length than the header, a column that is there twice
    or has no name, and a cell that a spreadsheet would take for a formula."""
    lines = _lines(text, name)
    header = next(lines, "")
    separator = max(_SEPARATORS, key=header.count)
    reader = csv.reader(_again(header, lines), delimiter=separator, strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            if not columns:
                columns = _columns(cells, name, f"line {reader.line_num}")
            elif cells:
                yield reader.line_num, _row(columns, cells, name, reader.line_num)
    except csv.Error as error:
        problem = f"is not CSV: {error}"
        raise UsageExportError(name, f"line {reader.line_num}", problem) from None


def _columns(cells: list[str], name: str, place: str) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if not all(columns):
        raise UsageExportError(name, place, "has a column without a name, or is no header")
    twice = sorted({shown(one) for one in columns if columns.count(one) > 1})
    if twice:
        raise UsageExportError(name, place, f"has columns twice: {', '.join(twice)}")
    return columns


def _row(columns: list[str], cells: list[str], name: str, line: int) -> dict[str, str]:
    if len(cells) != len(columns):
        problem = (
            f"has {len(cells)} cells where the header has {len(columns)}: the file may be cut short"
        )
        raise UsageExportError(name, f"line {line}", problem)
    for cell in cells:
        # Nearly all begin with a letter or a digit, and asking that first halves the time.
        if not cell[:1].isalnum() and is_formula(cell):
            column = columns[cells.index(cell)]
            problem = f"column {shown(column)} has a spreadsheet formula, {shown(cell)}: remove it"
            raise UsageExportError(name, f"line {line}", problem)
    return dict(zip(columns, cells, strict=True))


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _lines(text: Iterator[str], name: str) -> Iterator[str]:
    """Each with its end. A line of over 128,000 characters is refused before more is read."""
    rest, count = "", 0
    for piece in text:
        *found, rest = (rest + piece).split("\n")
        for line in found:
            count += 1
            _check_length(line, name, count)
            yield f"{line}\n"
        _check_length(rest, name, count + 1)
    if rest:
        yield rest


def _check_length(line: str, name: str, number: int) -> None:
    if len(line) > _LONGEST:
        problem = f"is longer than {_LONGEST} characters: this is no export"
        raise UsageExportError(name, f"line {number}", problem)
