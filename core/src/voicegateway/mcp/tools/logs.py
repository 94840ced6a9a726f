"""Single requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voicegateway.mcp.arguments import Arguments, ModalityName, ProjectId
from voicegateway.mcp.tool import Call, Tool
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.logs import LogRow
from voicegateway.storage.models import LedgerOutcome
from voicegateway.types import Modality

__all__ = ["GET_LOGS"]


class LogQuestion(Arguments):
    project: Annotated[ProjectId | None, Field(description="Of one project alone.")] = None
    modality: Annotated[ModalityName | None, Field(description="Of this kind alone.")] = None
    model_id: Annotated[
        Annotated[str, Field(min_length=1, max_length=400)] | None,
        Field(description="`provider/model`, or the model alone."),
    ] = None
    status: Annotated[
        LedgerOutcome | None,
        Field(description="How it ended; `open`: it is still running."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="How many rows at most.")] = 20


class Requests(Document):
    requests: list[LogRow] = Field(description="Newest first.")
    more: bool = Field(description="Whether older ones were left out.")


def _logs(call: Call[LogQuestion]) -> Requests:
    asked = call.arguments
    page = call.operations.logs(
        project=asked.project,
        modality=None if asked.modality is None else Modality(asked.modality),
        model=asked.model_id,
        outcome=asked.status,
        limit=asked.limit,
    )
    return Requests(requests=page.rows, more=page.next_cursor is not None)


GET_LOGS = Tool(
    name="get_logs",
    title="Recent requests",
    description=(
        "The newest requests first, those still running included: which model, how it ended, "
        "units, cost and times. Nothing that was said or written is kept, so none of it is here. "
        "Use it to find what failed (status failed) or the id that explain_cost needs."
    ),
    arguments=LogQuestion,
    answer=Requests,
    run=_logs,
)
