"""The ledger beside a vendor's export of the same window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voicegateway.reconcile.billed import ZERO, exact_sum
from voicegateway.reconcile.files import Exports, Tick, read_files
from voicegateway.reconcile.pairs import pairs
from voicegateway.reconcile.recorded import recorded, with_rates
from voicegateway.reconcile.rows import Row, rows_of
from voicegateway.reconcile.window import check_settled
from voicegateway.storage.queries import Period, Reader
from voicegateway.storage.reads.texts import quantity_text, time_text

if TYPE_CHECKING:
    from voicegateway.core.provider import Provider

__all__ = ["THRESHOLD", "Reconciliation", "reconcile"]

THRESHOLD: Final = Decimal(5)
"""Percent."""
_MOST_GAPS: Final = 5
"""That are told one by one."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rows in the order of the models' names. Totals have the rows that only one side has."""

    provider: str
    period: Period
    rows: tuple[Row, ...]
    recorded_total_usd: Decimal | None
    """The known part; None if there are requests, and none has a known cost."""
    vendor_total_usd: Decimal | None
    """None if the export has no cost."""
    unpriced: int
    """Requests of ours without a known cost."""
    notes: tuple[str, ...]
    """What was left out and what the files do not speak of, a sentence each."""

    @property
    def flagged(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.flagged)

    def to_json(self) -> dict[str, object]:
        """As `voicegw reconcile --json` prints it."""
        return {
            "provider": self.provider,
            "period": self.period.to_json(),
            "rows": [row_json(row) for row in self.rows],
            "recorded_total_usd": dollars(self.recorded_total_usd),
            "vendor_total_usd": dollars(self.vendor_total_usd),
            "flagged": len(self.flagged),
        }


def reconcile(
    reader: Reader,
    provider: Provider,
    period: Period,
    files: Sequence[Path],
    *,
    threshold: Decimal = THRESHOLD,
    force: bool = False,
    now: datetime | None = None,
    tick: Tick = lambda _, __: None,
) -> Reconciliation:
    """Compares; writes nothing. `force` allows a window whose figures may not be complete yet.

    Raises `ReconcileError` for such a window and for a file that cannot be compared, `LedgerError`
    if the ledger cannot be read."""
    if not force:
        check_settled(period, now)
    exports = read_files(provider, files, period, tick)
    tick("Reading the ledger", 0)
    found = recorded(reader, period, provider.id)
    with_rates(reader, period, provider.id, found)
    requests, unpriced = (
        sum(getattr(ours, name) for ours in found.values()) for name in ("requests", "unpriced")
    )
    known = exact_sum(ours.known_usd for ours in found.values())
    notes = _notes(reader, provider.id, exports)
    rows = [row for pair in pairs(found, exports.bill) for row in rows_of(pair, threshold)]
    return Reconciliation(
        provider=provider.id,
        period=period,
        rows=tuple(rows),
        recorded_total_usd=None if requests and unpriced == requests else known,
        vendor_total_usd=exports.bill.cost_usd,
        unpriced=unpriced,
        notes=tuple(notes),
    )


def row_json(row: Row) -> dict[str, object]:
    figures = row.figures
    return {
        "model": figures.model,
        "modality": None if figures.modality is None else figures.modality.value,
        "unit": None if figures.unit is None else figures.unit.value,
        "recorded": None if figures.recorded is None else quantity(figures.recorded),
        "vendor": None if figures.vendor is None else quantity(figures.vendor),
        "recorded_usd": dollars(figures.recorded_usd),
        "vendor_usd": dollars(figures.vendor_usd),
        "drift_pct": None if row.drift is None else float(round(row.drift, 4)),
        "cause": row.cause,
        "flagged": row.flagged,
    }


def quantity(amount: Decimal) -> str:
    """Exact, without exponent or trailing zeros."""
    text = quantity_text(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(amount: Decimal | None) -> str | None:
    """`"0.004560"`: at least six decimals, and as many more as there are."""
    if amount is None:
        return None
    whole, _, decimals = quantity(amount).partition(".")
    return f"{whole}.{decimals:0<6}"


def _notes(reader: Reader, provider: str, exports: Exports) -> list[str]:
    notes = []
    if exports.coverage.outside:
        notes.append(f"{exports.coverage.outside} lines lie outside the window and are left out.")
    if exports.empty:
        notes.append(f"{', '.join(exports.empty)} has no line.")
    gaps = sorted(exports.coverage.gaps(), key=lambda gap: gap[0] - gap[1])  # the longest first
    if len(gaps) > _MOST_GAPS:
        notes.append(f"{len(gaps) - _MOST_GAPS} more, shorter stretches have no line either.")
    for start, end in sorted(gaps[:_MOST_GAPS]):
        here = recorded(reader, Period(start, end, exports.coverage.period.timezone), provider)
        requests = sum(ours.requests for ours in here.values())
        cost = exact_sum(ours.known_usd for ours in here.values()) if here else ZERO
        meanwhile = f"the ledger has {requests} requests and ${dollars(cost)} there"
        notes.append(
            f"No line speaks of {time_text(start)[:16]}Z to {time_text(end)[:16]}Z; "
            f"{meanwhile if requests else 'the ledger has nothing there either'}."
        )
    return notes
