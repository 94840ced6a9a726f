"""Calls."""

from __future__ import annotations

from pydantic import Field

from voicegateway.operations.documents.base import Document, PeriodDocument, Time, Units, Usd
from voicegateway.operations.documents.logs import LogRow
from voicegateway.types import Modality

__all__ = ["LegReceipt", "Receipt", "SessionPage", "SessionRow", "SessionTotals", "Turn"]


class SessionRow(Document):
    """One session: a phone call, mostly. Sums are of what has ended."""

    session_id: str
    project: str
    started_at: Time | None
    ended_at: Time | None
    duration_seconds: float | None
    cost_usd: Usd | None
    cost_per_minute_usd: Usd | None
    requests: int
    open_requests: int = Field(description="More than 0 is a live call.")
    unpriced_requests: int
    units: Units


class SessionPage(Document):
    """Those that the ledger met last come first."""

    rows: list[SessionRow]
    next_cursor: str | None = Field(description="Of the next page; null: there is no more.")


class SessionTotals(Document):
    """The calls of a period together. Their part outside of it does not count."""

    period: PeriodDocument
    sessions: int = Field(description="Those that a request started in, ended or not.")
    open_sessions: int = Field(description="Those with a request that is still running.")
    duration_seconds: float = Field(description="From each one's first start to its last end.")
    cost_usd: Usd | None = Field(description="Of what has ended and belongs to a session.")
    cost_per_minute_usd: Usd | None


class LegReceipt(Document):
    """One model's part in a session."""

    provider: str
    model: str
    modality: Modality
    calls: int
    requests: int
    interruptions: int
    retries: int
    fallbacks: int
    unpriced_requests: int
    cost_usd: Usd | None
    units: Units
    ttfb_median_ms: float | None
    ttfb_slowest_ms: float | None


class Turn(Document):
    """The requests of one utterance; `speech_id` null gathers those that belong to none."""

    speech_id: str | None
    started_at: Time
    cost_usd: Usd | None
    first_audio_ms: float | None
    rows: list[LogRow]


class Receipt(Document):
    """What a session consumed and cost, turn by turn."""

    session_id: str
    project: str
    started_at: Time
    ended_at: Time
    duration_seconds: float
    cost_usd: Usd | None
    cost_per_minute_usd: Usd | None
    requests: int
    open_requests: int
    unpriced_requests: int
    pruned_requests: int = Field(description="No longer kept: in the sums, and in no leg or turn.")
    spoken_turns: int
    interruptions: int
    retries: int
    fallbacks: int
    legs: list[LegReceipt]
    turns: list[Turn]
