"""Whether the gateway and its providers are well."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voicegateway.mcp.arguments import Arguments, ProviderId
from voicegateway.mcp.tool import Call, Tool
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.resources import Provider
from voicegateway.operations.documents.status import LedgerStatus

__all__ = ["GET_HEALTH", "GET_PROVIDER_STATUS"]


class HealthReport(Document):
    status: Literal["ok", "degraded"] = Field(
        description="`degraded`: the ledger cannot be read, or records never reached it."
    )
    version: str
    uptime_seconds: float
    cost_tracking: bool = Field(description="Whether requests are recorded at all.")
    ledger: LedgerStatus


class ProviderStatuses(Document):
    providers: list[Provider]


class StatusQuestion(Arguments):
    provider_id: Annotated[
        ProviderId | None, Field(description="Of this one; without it, of all.")
    ] = None


def _health(call: Call[Arguments]) -> HealthReport:
    health, status = call.operations.health(), call.operations.status()
    well = status.ledger.ok and not status.ledger.lost
    return HealthReport(
        status="ok" if well else "degraded",
        version=health.version,
        uptime_seconds=health.uptime_seconds,
        cost_tracking=status.cost_tracking,
        ledger=status.ledger,
    )


def _statuses(call: Call[StatusQuestion]) -> ProviderStatuses:
    wanted = call.arguments.provider_id
    if wanted is not None:
        return ProviderStatuses(providers=[call.operations.provider(wanted)])
    return ProviderStatuses(providers=call.operations.providers())


GET_HEALTH = Tool(
    name="get_health",
    title="Health",
    description=(
        "Whether this gateway is well: its version, how long it has run, whether its ledger can be "
        "read, which processes write to it, and whether records were lost. Ask this first when "
        "something looks wrong."
    ),
    arguments=Arguments,
    answer=HealthReport,
    run=_health,
)
GET_PROVIDER_STATUS = Tool(
    name="get_provider_status",
    title="State of providers",
    description=(
        "Whether providers are installed, turned on and loadable, and what is wrong where they are "
        "not. It asks nobody outside: whether a vendor accepts the key is what test_provider finds "
        "out."
    ),
    arguments=StatusQuestion,
    answer=ProviderStatuses,
    run=_statuses,
)
