"""Single requests, and why each cost what it did."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from voicegateway.operations.documents.base import Document, Quantity, Time, Units, Usd
from voicegateway.storage.models import LedgerOutcome
from voicegateway.types import Basis, Confidence, Modality, Mode, Unit, Verdict

__all__ = ["Explanation", "LogPage", "LogRow", "Quote", "QuoteLine", "Requote", "Terms"]


class LogRow(Document):
    """One attempt of a call. Units and cost of one that is open are those so far."""

    id: str = Field(description="`call_id`, a dash, and `attempt`.")
    call_id: str
    attempt: int = Field(description="Counted from 1 within the call.")
    speech_id: str | None
    started_at: Time
    project: str
    session_id: str | None
    modality: Modality
    provider: str
    model: str
    outcome: LedgerOutcome
    units: Units
    unit_basis: Basis | None
    verdict: Verdict | None
    cost_usd: Usd | None
    price_source: str | None
    ttfb_ms: float | None
    duration_ms: float | None
    fallback_from: str | None = Field(description="`provider/model` that failed before.")
    error: str | None = Field(description="Class and status code, never the vendor's message.")


class LogPage(Document):
    """Newest first."""

    rows: list[LogRow]
    next_cursor: str | None = Field(description="Of the next page; null: there is no more.")


class Terms(Document):
    """What the price was asked for on, besides the units."""

    mode: Mode
    plan: str | None
    channels: int
    addons: list[str]
    service_tier: str | None


class QuoteLine(Document):
    """One unit's part of the price: `billed * rate_usd / per`."""

    unit: Unit
    quantity: Quantity
    billed: Quantity = Field(description="After minimum, increment and channels.")
    rate_usd: Usd
    per: Quantity
    amount_usd: Usd
    derived_usd: Usd = Field(description="Multiplied out once more.")
    rule: str


class Quote(Document):
    """The price that was stored, derived once more from its lines."""

    cost_usd: Usd | None
    derived_usd: Usd | None
    agrees: bool = Field(description="Whether the two are the same to the last nano-dollar.")
    confidence: Confidence
    source: str | None
    source_url: str | None
    as_of: str | None
    unpriced: list[Unit] = Field(
        description="Units that the vendor bills and nobody has a rate for."
    )
    lines: list[QuoteLine]


class Requote(Quote):
    """A later price of the same row, at other rates."""

    batch: int
    made_at: Time
    reason: str
    rates_of: str | None
    complete: bool


class Explanation(LogRow):
    """A row, and its price line by line."""

    status: Literal["priced", "unknown", "open", "abandoned"]
    note: str
    terms: Terms | None
    quote: Quote | None = Field(description="Null while it is open, and if it was abandoned.")
    requotes: list[Requote]
