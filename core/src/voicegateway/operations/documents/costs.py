"""What was spent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from voicegateway.operations.documents.base import Document, PeriodDocument, Time, Units, Usd

__all__ = ["By", "CostPoint", "CostRow", "CostSeries", "Costs", "SeriesBy", "Step"]

By = Literal["provider", "model", "modality", "project", "session"]
SeriesBy = Literal["provider", "model", "modality", "project"]
Step = Literal["day", "quarter_hour"]


class CostRow(Document):
    """One group of requests."""

    key: str | None = Field(
        description="What they have in common; of a model `provider/model`. Null: no session."
    )
    cost_usd: Usd | None = Field(description="Null if not one of them has a known price.")
    requests: int
    unpriced_requests: int = Field(description="Those without a known price: in no sum.")
    units: Units


class Costs(Document):
    """The costliest group comes first. Requests that are still running are in none."""

    period: PeriodDocument
    total_usd: Usd = Field(description="The sum of the known costs.")
    requests: int
    unpriced_requests: int
    by_provider: list[CostRow]
    by_model: list[CostRow]
    by_modality: list[CostRow]
    by_project: list[CostRow]
    by_session: list[CostRow] = Field(
        description="The costliest only; none of one provider, model or modality."
    )


class CostPoint(Document):
    """One group in one step of time."""

    at: Time = Field(description="When the step begins.")
    key: str
    cost_usd: Usd | None
    requests: int
    unpriced_requests: int
    units: Units


class CostSeries(Document):
    """By time, then by key. A step in which a group had no request has no point of it."""

    period: PeriodDocument = Field(description="Whole steps: those that the period touches.")
    step: Step
    by: SeriesBy
    points: list[CostPoint]
