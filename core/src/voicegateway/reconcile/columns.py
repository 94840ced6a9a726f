"""What a line of an export holds, and how it is written as CSV and JSON.

Amounts and quantities are exact: text without an exponent, empty (null in JSON) where unknown.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, Final

from voicegateway.storage.codes import UNIT_COLUMNS, quantity
from voicegateway.storage.reads.exports import ExportRow
from voicegateway.storage.reads.texts import quantity_text, time_text, usd_text

__all__ = [
    "AFTER_UNITS",
    "BEFORE_UNITS",
    "COLUMNS",
    "CURRENCY",
    "csv_chunks",
    "json_chunks",
    "write_csv",
    "write_json",
]

BEFORE_UNITS: Final = ("started_at", "project", "session_id", "modality", "provider", "model")
AFTER_UNITS: Final = ("cost_usd", "currency", "price_source", "verdict", "outcome")
COLUMNS: Final = (*BEFORE_UNITS, *UNIT_COLUMNS, *AFTER_UNITS)
CURRENCY: Final = "USD"

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet takes for a formula."""
_AT_ONCE: Final = 2000


def write_csv(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """See `csv_chunks`."""
    file.writelines(csv_chunks(rows))


def write_json(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """See `json_chunks`."""
    file.writelines(json_chunks(rows))


def csv_chunks(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """A header line, then a line a row. A name that a spreadsheet would take for a formula gets an
    apostrophe in front."""
    source = iter(rows)
    page: list[Iterable[str]] = [COLUMNS]
    while page:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(page)
        yield text.getvalue().encode("utf-8", "backslashreplace")
        page = [_csv_cells(row) for row in islice(source, _AT_ONCE)]


def json_chunks(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """A list of objects, one a line."""
    source = iter(rows)
    yield b"["
    separator = "\n"
    while page := list(islice(source, _AT_ONCE)):
        lines = [json.dumps(dict(zip(COLUMNS, _cells(row), strict=True))) for row in page]
        yield (separator + ",\n".join(lines)).encode()
        separator = ",\n"
    yield b"\n]\n"


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
