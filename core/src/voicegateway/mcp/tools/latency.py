"""How fast the models were."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voicegateway.mcp.arguments import Arguments, ModalityName, PeriodWord, ProjectId
from voicegateway.mcp.tool import Call, Tool
from voicegateway.operations import Window
from voicegateway.operations.documents.latency import Latency
from voicegateway.types import Modality

__all__ = ["GET_LATENCY_STATS"]


class LatencyQuestion(Arguments):
    period: PeriodWord
    project: Annotated[ProjectId | None, Field(description="Of one project alone.")] = None
    modality: Annotated[ModalityName | None, Field(description="Of this kind alone.")] = None


def _latency(call: Call[LatencyQuestion]) -> Latency:
    asked = call.arguments
    return call.operations.latency(
        Window(asked.period),
        project=asked.project,
        modality=None if asked.modality is None else Modality(asked.modality),
    )


GET_LATENCY_STATS = Tool(
    name="get_latency_stats",
    title="Latency of a period",
    description=(
        "Percentiles of time to first byte (ttfb_ms) and of total duration (duration_ms) of each "
        "model in a calendar period, in milliseconds. A listener notices a slow answer in the p95 "
        "of ttfb_ms more than in the median."
    ),
    arguments=LatencyQuestion,
    answer=Latency,
    run=_latency,
)
