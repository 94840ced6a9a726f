"""`/v1/costs` and `/v1/costs/series`, `/v1/export-costs`."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from voicegateway.operations.documents.costs import By, Costs, CostSeries, SeriesBy, Step
from voicegateway.server.parameters import Desk, Name, WindowQuery
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading
from voicegateway.types import Modality

__all__ = ["router"]

router = reading("costs")


class _Narrowed(WindowQuery):
    project: Name | None = Field(None, description="Of one project.")
    provider: Name | None = None
    model: Name | None = Field(None, description="`provider/model`, or the model alone.")
    modality: Modality | None = None


class CostQuery(_Narrowed):
    by: list[By] = Field(
        default=list(get_args(By)),
        description="Only these lists; the others are empty. May be given several times.",
    )
    sessions: int = Field(100, ge=0, le=1000, description="How many of the costliest sessions.")


class CostSeriesQuery(_Narrowed):
    step: Step = Field("day", description="Quarter-hours are kept for three days.")
    by: SeriesBy = "model"


class ExportQuery(_Narrowed):
    format: Literal["csv", "json"] = "csv"


@router.get("/v1/costs", responses=responses(404))
def get_costs(query: Annotated[CostQuery, Query()], desk: Desk) -> Costs:
    """What was spent in a period, by provider, model, modality, project and session."""
    return desk.costs(
        query.window,
        project=query.project,
        provider=query.provider,
        model=query.model,
        modality=query.modality,
        by=query.by,
        sessions=query.sessions,
    )


@router.get("/v1/costs/series", responses=responses(404))
def get_cost_series(query: Annotated[CostSeriesQuery, Query()], desk: Desk) -> CostSeries:
    """What was spent day by day or quarter-hour by quarter-hour."""
    return desk.cost_series(
        query.window,
        step=query.step,
        by=query.by,
        project=query.project,
        provider=query.provider,
        model=query.model,
        modality=query.modality,
    )


_MEDIA = {"csv": "text/csv", "json": "application/json"}


@router.get(
    "/v1/export-costs",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One line a request, oldest first.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {
                    "schema": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": {"type": ["string", "null"]},
                        },
                    }
                },
            },
        },
        **responses(404),
    },
)
def export_costs(query: Annotated[ExportQuery, Query()], desk: Desk) -> StreamingResponse:
    """Every ended request of a period: when, whose, which model, its units, its cost and their
    source. Streamed, so that it may be of any size."""
    pieces = desk.export_costs(
        query.window,
        project=query.project,
        provider=query.provider,
        model=query.model,
        modality=query.modality,
        form=query.format,
    )
    name = f'attachment; filename="costs.{query.format}"'
    return StreamingResponse(
        pieces, media_type=_MEDIA[query.format], headers={"Content-Disposition": name}
    )
