"""The ledger beside a vendor's export."""

from __future__ import annotations

from pydantic import Field

from voicegateway.operations.documents.base import Document, PeriodDocument, Quantity, Usd
from voicegateway.reconcile.causes import Cause
from voicegateway.types import Modality, Unit

__all__ = ["Reconciliation", "ReconciliationRow"]


class ReconciliationRow(Document):
    """One unit of one model; without a unit, all of them together."""

    model: str
    modality: Modality | None
    unit: Unit | None
    recorded: Quantity | None
    vendor: Quantity | None
    recorded_usd: Usd | None
    vendor_usd: Usd | None
    drift_pct: float | None
    cause: Cause | None
    flagged: bool


class Reconciliation(Document):
    """Rows that only one side has are in the totals."""

    provider: str
    period: PeriodDocument
    rows: list[ReconciliationRow]
    recorded_total_usd: Usd | None
    vendor_total_usd: Usd | None
    flagged: int = Field(description="Rows that part by more than the threshold.")
    notes: list[str] = Field(description="What was left out, and what the files do not speak of.")
