"""What the HTTP API and the MCP tools both do, on one object.

    operations = Operations(Gateway())
    operations.costs(Window("month")).total_usd
    await operations.create("project", "support", {"daily_budget": "5.00"}, actor="api")

Reads are synchronous, wait for the database, and may be called from several threads at once.
"""

from __future__ import annotations

from voicegateway.operations.changes import Changes
from voicegateway.operations.costs import CostReads
from voicegateway.operations.exports import Exports
from voicegateway.operations.latency import LatencyReads
from voicegateway.operations.logs import LogReads
from voicegateway.operations.models import ModelReads
from voicegateway.operations.prices import PriceReads
from voicegateway.operations.projects import ProjectReads
from voicegateway.operations.provider_test import ProviderTests
from voicegateway.operations.status import StatusReads
from voicegateway.operations.totals import TotalReads
from voicegateway.operations.window import Window

__all__ = ["Operations", "Window"]


class Operations(
    Changes,
    CostReads,
    Exports,
    LatencyReads,
    LogReads,
    ModelReads,
    PriceReads,
    ProjectReads,
    ProviderTests,
    StatusReads,
    TotalReads,
):
    """Every subject. Close it when the process ends."""
