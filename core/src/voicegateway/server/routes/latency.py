"""`/v1/latency`, `/v1/latency/series` and `/v1/latency/slowest`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from voicegateway.operations.documents.costs import Step
from voicegateway.operations.documents.latency import (
    Latency,
    LatencyBy,
    LatencySeries,
    Measure,
    Slowest,
)
from voicegateway.server.parameters import Desk, Name, WindowQuery
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading
from voicegateway.types import Modality

__all__ = ["router"]

router = reading("latency")


class LatencyQuery(WindowQuery):
    project: Name | None = Field(
        None, description="Of one project: read request by request, which takes longer."
    )
    modality: Modality | None = None


class LatencySeriesQuery(WindowQuery):
    step: Step = Field("day", description="Quarter-hours are kept for three days.")
    measure: Measure = Field("ttfb", description="Time to first byte, or the whole duration.")
    by: LatencyBy = "model"
    provider: Name | None = None
    model: Name | None = Field(None, description="`provider/model`, or the model alone.")
    modality: Modality | None = None


class SlowestQuery(WindowQuery):
    measure: Measure = Field("ttfb", description="Time to first byte, or the whole duration.")
    project: Name | None = None
    provider: Name | None = None
    model: Name | None = Field(None, description="`provider/model`, or the model alone.")
    modality: Modality | None = None
    limit: int = Field(20, ge=1, le=100, description="How many.")


@router.get("/v1/latency", responses=responses(404))
def get_latency(query: Annotated[LatencyQuery, Query()], desk: Desk) -> Latency:
    """How fast each model was: time to first byte and duration, in percentiles."""
    return desk.latency(query.window, project=query.project, modality=query.modality)


@router.get("/v1/latency/series", responses=responses())
def get_latency_series(query: Annotated[LatencySeriesQuery, Query()], desk: Desk) -> LatencySeries:
    """How fast each model was over time, and a heat map of all of them."""
    return desk.latency_series(
        query.window,
        step=query.step,
        measure=query.measure,
        by=query.by,
        provider=query.provider,
        model=query.model,
        modality=query.modality,
    )


@router.get("/v1/latency/slowest", responses=responses(404))
def get_slowest_requests(query: Annotated[SlowestQuery, Query()], desk: Desk) -> Slowest:
    """The requests of a period that took longest, of those that are still kept. One that took
    less than 2 % longer than the last of them may be missing."""
    return desk.slowest(
        query.window,
        measure=query.measure,
        project=query.project,
        provider=query.provider,
        model=query.model,
        modality=query.modality,
        limit=query.limit,
    )
