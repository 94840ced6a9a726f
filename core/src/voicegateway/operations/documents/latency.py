"""How fast the models were."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from voicegateway.operations.documents.base import Document, PeriodDocument, Time
from voicegateway.operations.documents.costs import Step
from voicegateway.operations.documents.logs import LogRow
from voicegateway.types import Modality

__all__ = [
    "HeatCell",
    "Latency",
    "LatencyBy",
    "LatencyPoint",
    "LatencySeries",
    "Measure",
    "ModelLatency",
    "Percentiles",
    "Slowest",
]

Measure = Literal["ttfb", "duration"]
LatencyBy = Literal["model", "modality"]


class Percentiles(Document):
    """Milliseconds, each within 1 % of the true value: `p50`, and whatever else
    `latency.percentiles` of the configuration names. None of them if nothing was measured."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, float]

    count: int = Field(description="How many requests were measured.")


class ModelLatency(Document):
    """One model in one role. Requests of every outcome count where they were measured."""

    provider: str
    model: str
    modality: Modality
    ttfb_ms: Percentiles = Field(description="Time to first byte.")
    duration_ms: Percentiles


class Latency(Document):
    """By modality and name."""

    period: PeriodDocument
    models: list[ModelLatency]


class LatencyPoint(Document):
    """One model, or all of one modality, in one step of time."""

    at: Time = Field(description="When the step begins.")
    provider: str | None = Field(description="Null, as the model: all of this modality.")
    model: str | None
    modality: Modality
    ms: Percentiles


class HeatCell(Document):
    """How many requests of one step of time took so long."""

    at: Time
    from_ms: float
    to_ms: float
    count: int


class LatencySeries(Document):
    """By time. A step without a request has no point and no cell."""

    period: PeriodDocument = Field(description="Whole steps: those that the period touches.")
    step: Step
    measure: Measure
    by: LatencyBy
    points: list[LatencyPoint]
    heat: list[HeatCell] = Field(description="All of these models together.")


class Slowest(Document):
    """The requests that took longest, the slowest first."""

    period: PeriodDocument
    measure: Measure
    rows: list[LogRow]
