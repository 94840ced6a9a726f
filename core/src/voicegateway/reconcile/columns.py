"""What a line of an export holds, and how it is written as CSV and JSON.

Amounts and quantities are exact: text without an exponent, empty (null in JSON) where unknown.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import IO, Final

from voicegateway.storage.codes import UNIT_COLUMNS, quantity
from voicegateway.storage.reads.exports import ExportRow
from voicegateway.storage.reads.texts import quantity_text, time_text, usd_text

__all__ = ["AFTER_UNITS", "BEFORE_UNITS", "COLUMNS", "CURRENCY", "write_csv", "write_json"]

BEFORE_UNITS: Final = ("started_at", "project", "session_id", "modality", "provider", "model")
AFTER_UNITS: Final = ("cost_usd", "currency", "price_source", "verdict", "outcome")
COLUMNS: Final = (*BEFORE_UNITS, *UNIT_COLUMNS, *AFTER_UNITS)
CURRENCY: Final = "USD"

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet takes for a formula."""
_AT_ONCE: Final = 2000


def write_csv(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """With a header line. A name that a spreadsheet would take for a formula gets an apostrophe
    in front."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(_csv_cells, rows))
        text.flush()
    finally:
        text.detach()


def write_json(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """A list of objects, one a line."""
    file.write(b"[")
    lines: list[str] = []
    separator = "\n"
    for row in rows:
        lines.append(separator + json.dumps(dict(zip(COLUMNS, _cells(row), strict=True))))
        separator = ",\n"
        if len(lines) >= _AT_ONCE:
            file.write("".join(lines).encode())
            lines.clear()
    lines.append("\n]\n")
    file.write("".join(lines).encode())


def _cells(row: ExportRow) -> tuple[str | None, ...]:
    leg = row.leg
    return (
        time_text(row.started_us),
        row.project,
        row.session_id,
        leg.modality.value,
        leg.provider,
        leg.model,
        *[None if value is None else _quantity(value) for value in row.units],
        usd_text(row.cost_nano),
        CURRENCY,
        row.price_source,
        row.verdict,
        row.outcome,
    )


def _csv_cells(row: ExportRow) -> list[str]:
    cells = ["" if cell is None else cell for cell in _cells(row)]
    for index in _NAMES:
        cells[index] = _harmless(cells[index])
    return cells


_NAMES: Final = tuple(
    COLUMNS.index(name) for name in ("project", "session_id", "provider", "model", "price_source")
)


@lru_cache(maxsize=4096)
def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@lru_cache(maxsize=16_384)
def _quantity(millionths: int) -> str:
    return quantity_text(quantity(millionths))
