"""A reconciliation for people, and for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from voicegateway.reconcile.comparison import Reconciliation, quantity, row_json
from voicegateway.reconcile.hints import hint_of
from voicegateway.reconcile.rows import Row

__all__ = ["COLUMNS", "RIGHT", "csv_text", "sentences", "table"]

COLUMNS: Final = (
    "Model", "Leg", "Unit", "Recorded", "Vendor", "Recorded USD", "Vendor USD", "Drift", "Cause",
    "",
)  # fmt: skip
RIGHT: Final = ("Recorded", "Vendor", "Recorded USD", "Vendor USD", "Drift")


def table(found: Reconciliation) -> list[tuple[str, ...]]:
    """A line of cells for each row, under `COLUMNS`."""
    return [_cells(row) for row in found.rows]


def sentences(found: Reconciliation) -> Iterator[str]:
    """What to look at: one a flagged row, then what was left out."""
    for row in found.flagged:
        yield f"{_name(row)}: {hint_of(row)}."
    yield from found.notes


def csv_text(found: Reconciliation) -> str:
    """The rows with the columns of the JSON; no cell that a spreadsheet would calculate."""
    rows = [row_json(row) for row in found.rows]
    text = io.StringIO()
    names = (
        "model", "modality", "unit", "recorded", "vendor", "recorded_usd", "vendor_usd",
        "drift_pct", "cause", "flagged",
    )  # fmt: skip
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        model = str(row["model"])
        row["model"] = f"'{model}" if model[:1] in "=+-@\t\r" else model
        row["flagged"] = "true" if row["flagged"] else "false"
        writer.writerow(row)
    return text.getvalue()


def _cells(row: Row) -> tuple[str, ...]:
    figures = row.figures
    return (
        figures.model,
        figures.modality.value.upper() if figures.modality else "any",
        figures.unit.value if figures.unit else "all together",
        _count(figures.recorded),
        _count(figures.vendor),
        _dollars(figures.recorded_usd, at_least=_is_lower_bound(row)),
        _dollars(figures.vendor_usd),
        "" if row.drift is None else f"{row.drift:+.2f} %" if row.drift else "0 %",
        row.cause or "",
        "<- look" if row.flagged else "",
    )


def _is_lower_bound(row: Row) -> bool:
    return row.pair.ours is not None and bool(row.pair.ours.unpriced)


def _count(amount: Decimal | None) -> str:
    return "" if amount is None else f"{Decimal(quantity(amount)):,f}"


def _dollars(amount: Decimal | None, *, at_least: bool = False) -> str:
    if amount is None:
        return ""
    places = 2 if abs(amount) >= 100 else 6
    return f"{'>= ' if at_least else ''}{amount:,.{places}f}"


def _name(row: Row) -> str:
    figures = row.figures
    model = "All models" if figures.model == "*" else figures.model
    leg = f" ({figures.modality.value.upper()})" if figures.modality else ""
    return f"{model}{leg}{', ' + figures.unit.value if figures.unit else ''}"
