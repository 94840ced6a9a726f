"""`/health`, `/v1/status`, `/v1/plugins`, `/v1/prices`, `/v1/audit-log`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from voicegateway.operations.documents.audit import AuditPage
from voicegateway.operations.documents.prices import Prices
from voicegateway.operations.documents.resources import Plugin
from voicegateway.operations.documents.status import Health, Status
from voicegateway.server.parameters import Desk, Limit, Name, only_known
from voicegateway.server.problems import Problem, responses
from voicegateway.server.routing import reading

__all__ = ["health", "router"]

health = APIRouter(tags=["status"])
router = reading("status")


class PriceQuery(BaseModel):
    provider: Name | None = None
    model: Name | None = Field(None, description="A model, or a shell pattern: `swift-*`.")


class AuditQuery(BaseModel):
    cursor: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        None, description="`next_cursor` of the page before."
    )
    limit: Limit = 50


@health.get(
    "/health",
    dependencies=[Depends(only_known)],
    responses={422: {"model": Problem, "description": "The question is not understood."}},
)
async def get_health(desk: Desk) -> Health:
    """That the server answers. Open to everybody."""
    return desk.health()


@router.get("/v1/status", responses=responses(409))
def get_status(desk: Desk) -> Status:
    """What is configured, what is installed, and how the ledger is."""
    return desk.status()


@router.get("/v1/plugins", responses=responses(), tags=["providers"])
def get_plugins(desk: Desk) -> list[Plugin]:
    """Every installed provider plugin and its state. None is imported for it."""
    return desk.plugins()


@router.get("/v1/prices", responses=responses(409), tags=["costs"])
def get_prices(query: Annotated[PriceQuery, Query()], desk: Desk) -> Prices:
    """Every installed provider's rates with their sources and their age, your own first."""
    return desk.prices(provider=query.provider, model=query.model)


@router.get("/v1/audit-log", responses=responses())
def get_audit_log(query: Annotated[AuditQuery, Query()], desk: Desk) -> AuditPage:
    """Who changed what, newest first."""
    return desk.audit_log(cursor=query.cursor, limit=query.limit)
