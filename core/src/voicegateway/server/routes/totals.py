"""`/v1/session-totals`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from voicegateway.operations.documents.sessions import SessionTotals
from voicegateway.server.parameters import Desk, Name, WindowQuery
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading

__all__ = ["router"]

router = reading("sessions")


class TotalsQuery(WindowQuery):
    project: Name | None = Field(None, description="Of one project.")


@router.get("/v1/session-totals", responses=responses(404))
def get_session_totals(query: Annotated[TotalsQuery, Query()], desk: Desk) -> SessionTotals:
    """How many calls a period had, how long they took, and what a minute of them cost."""
    return desk.session_totals(query.window, project=query.project)
