"""`/v1/logs`, `/v1/explain`, `/v1/sessions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from voicegateway.operations.documents.logs import Explanation, LogPage
from voicegateway.operations.documents.sessions import Receipt, SessionPage
from voicegateway.server.parameters import Desk, Limit, Name, NameInPath, WindowQuery
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading
from voicegateway.storage.models import LedgerOutcome
from voicegateway.types import Modality

__all__ = ["router"]

router = reading("logs")

Cursor = Annotated[
    str,
    Field(
        max_length=100,
        pattern=r"^[0-9A-Za-z.-]+$",
        description="`next_cursor` of the page before; the other parameters stay as they were.",
    ),
]


class LogQuery(WindowQuery):
    project: Name | None = None
    modality: Modality | None = None
    provider: Name | None = None
    model: Name | None = Field(None, description="`provider/model`, or the model alone.")
    status: LedgerOutcome | None = Field(None, description="How it ended; `open`: it has not.")
    session: Name | None = None
    unpriced: bool = Field(default=False, description="Only ended ones without a known cost.")
    cursor: Cursor | None = None
    limit: Limit = 50


class SessionQuery(BaseModel):
    project: Name | None = None
    search: Name | None = Field(None, description="A part of the id, in letters of any case.")
    running: bool = Field(
        default=False, description="Only those with a request that is still open."
    )
    cursor: Annotated[str, Field(max_length=18, pattern=r"^[0-9]+$")] | None = None
    limit: Limit = 50


@router.get("/v1/logs", responses=responses(404))
def get_logs(query: Annotated[LogQuery, Query()], desk: Desk) -> LogPage:
    """Requests, newest first, those still running included; without a period those of all times."""
    return desk.logs(
        project=query.project,
        modality=query.modality,
        provider=query.provider,
        model=query.model,
        outcome=query.status,
        session=query.session,
        window=query.window if query.narrows_time else None,
        unpriced=query.unpriced,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.get("/v1/explain/{request_id}", responses=responses(404))
def explain_cost(request_id: NameInPath, desk: Desk) -> Explanation:
    """A request's cost, derived once more from the price that was stored with it, line by line."""
    return desk.explain(request_id)


@router.get("/v1/sessions", responses=responses(404), tags=["sessions"])
def get_sessions(query: Annotated[SessionQuery, Query()], desk: Desk) -> SessionPage:
    """Calls, those that the ledger met last first."""
    return desk.sessions(
        project=query.project,
        search=query.search,
        running=query.running,
        cursor=query.cursor,
        limit=query.limit,
    )


@router.get("/v1/sessions/{session_id:path}", responses=responses(404), tags=["sessions"])
def get_receipt(session_id: NameInPath, desk: Desk) -> Receipt:
    """What one call consumed and cost, turn by turn."""
    return desk.session(session_id)
