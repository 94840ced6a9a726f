"""How the projects' budgets stand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from voicegateway.operations.documents.base import Document, Time, Usd
from voicegateway.types import Modality

__all__ = ["Budget", "BudgetUse", "Reservation", "Running"]


class Reservation(Document):
    """What one process has reserved: what its calls hold, and what it expects to need."""

    host: str
    pid: int
    amount_usd: Usd


class Running(Document):
    """A request that is still open, and what it holds of the budget."""

    id: str
    session_id: str | None
    provider: str
    model: str
    modality: Modality
    started_at: Time
    held_usd: Usd | None


class BudgetUse(Document):
    """Days and months are calendar ones of the ledger's zone."""

    spent_today_usd: Usd
    spent_this_month_usd: Usd
    unpriced_today: int = Field(description="Requests without a known price: in no sum.")
    reserved_usd: Usd
    timezone: str
    day_ends: Time = Field(description="When the daily budget resets.")
    month_ends: Time = Field(description="When the monthly budget resets.")
    reservations: list[Reservation]
    running: list[Running] = Field(description="Those that hold most come first.")


class Budget(BudgetUse):
    """One project's."""

    project: str
    daily_budget_usd: Usd | None = Field(description="Null: no cap.")
    monthly_budget_usd: Usd | None
    budget_action: Literal["warn", "throttle", "block"]
    throttle_stack: str | None
