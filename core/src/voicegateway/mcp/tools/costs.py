"""What was spent, and why one request cost what it did."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from pydantic import Field

from voicegateway.mcp.arguments import Arguments, PeriodWord, ProjectId
from voicegateway.mcp.tool import Call, Tool
from voicegateway.operations import Window
from voicegateway.operations.documents.costs import By, Costs
from voicegateway.operations.documents.logs import Explanation

__all__ = ["EXPLAIN_COST", "GET_COSTS"]

_SESSIONS: Final = 20


class CostQuestion(Arguments):
    period: PeriodWord
    project: Annotated[ProjectId | None, Field(description="Of one project alone.")] = None
    by: Annotated[
        By | None, Field(description="Only this table; the other lists are then empty.")
    ] = None


class RequestQuestion(Arguments):
    request_id: Annotated[
        str, Field(min_length=1, max_length=200, description="The `id` of a row of `get_logs`.")
    ]


def _costs(call: Call[CostQuestion]) -> Costs:
    asked = call.arguments
    return call.operations.costs(
        Window(asked.period),
        project=asked.project,
        by=get_args(By) if asked.by is None else (asked.by,),
        sessions=_SESSIONS,
    )


def _explanation(call: Call[RequestQuestion]) -> Explanation:
    return call.operations.explain(call.arguments.request_id)


GET_COSTS = Tool(
    name="get_costs",
    title="Costs of a period",
    description=(
        "What was spent in a calendar period, in all and by provider, model, modality, project "
        "and session, the costliest first. Use it for questions like 'what did this week cost?' "
        "or 'which model costs most?'. Requests without a known price are counted in "
        "unpriced_requests and are in no sum: say so when there are any."
    ),
    arguments=CostQuestion,
    answer=Costs,
    run=_costs,
)
EXPLAIN_COST = Tool(
    name="explain_cost",
    title="Why a request cost what it did",
    description=(
        "One request's cost derived line by line from the price that was stored with it: units, "
        "rate, minimum or rounding rule, and where the rate is from. Find the id with get_logs."
    ),
    arguments=RequestQuestion,
    answer=Explanation,
    run=_explanation,
)
