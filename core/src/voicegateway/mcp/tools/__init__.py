"""Every tool, in the order in which clients list them."""

from __future__ import annotations

from typing import Any, Final

from voicegateway.mcp.tool import Tool
from voicegateway.mcp.tools.costs import EXPLAIN_COST, GET_COSTS
from voicegateway.mcp.tools.health import GET_HEALTH, GET_PROVIDER_STATUS
from voicegateway.mcp.tools.latency import GET_LATENCY_STATS
from voicegateway.mcp.tools.logs import GET_LOGS
from voicegateway.mcp.tools.models import DELETE_MODEL, LIST_MODELS, REGISTER_MODEL
from voicegateway.mcp.tools.plugins import LIST_PLUGINS
from voicegateway.mcp.tools.projects import (
    CREATE_PROJECT,
    DELETE_PROJECT,
    GET_PROJECT,
    LIST_PROJECTS,
)
from voicegateway.mcp.tools.providers import (
    ADD_PROVIDER,
    DELETE_PROVIDER,
    GET_PROVIDER,
    LIST_PROVIDERS,
    TEST_PROVIDER,
)

__all__ = ["TOOLS"]

TOOLS: Final[tuple[Tool[Any], ...]] = (
    GET_HEALTH,
    GET_PROVIDER_STATUS,
    GET_COSTS,
    GET_LATENCY_STATS,
    GET_LOGS,
    EXPLAIN_COST,
    LIST_PROVIDERS,
    GET_PROVIDER,
    TEST_PROVIDER,
    ADD_PROVIDER,
    DELETE_PROVIDER,
    LIST_MODELS,
    REGISTER_MODEL,
    DELETE_MODEL,
    LIST_PROJECTS,
    GET_PROJECT,
    CREATE_PROJECT,
    DELETE_PROJECT,
    LIST_PLUGINS,
)
