"""The MCP server of both transports: lists the tools, and calls them for whoever may."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from mcp.server.caching import CacheHint
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ListedTool

from voicegateway import __version__
from voicegateway.core.access import Identity, Scope
from voicegateway.core.faults import nearest
from voicegateway.mcp.arguments import answer_schema, argument_schema
from voicegateway.mcp.faults import Fault, fault_of
from voicegateway.mcp.tool import Tool
from voicegateway.mcp.tools import TOOLS

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from pydantic import BaseModel

    from voicegateway.operations import Operations

__all__ = ["build_server"]

_log = logging.getLogger("voicegateway.mcp")

_INSTRUCTIONS: Final = (
    "VoiceGateway is the ledger of voice agents: what every call to a speech or language model "
    "cost, how long it took, and which budgets apply. Amounts are US dollars as decimal strings; "
    "null is a price that is not known, never zero. Times are UTC. What is managed in the YAML "
    "file can be read here and not changed."
)
_LISTED_FOR_MS: Final = 3_600_000
_AT_ONCE: Final = 8
"""Tools that may wait for the database at one time."""


def build_server(
    operations: Operations, identify: Callable[[ServerRequestContext[Any, Any]], Identity]
) -> Server[Any]:
    """A server for any number of clients. `identify` says who sent a request."""
    tools = {tool.name: tool for tool in TOOLS}
    threads = anyio.CapacityLimiter(_AT_ONCE)

    async def list_tools(
        _context: ServerRequestContext[Any, Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[listed(tool) for tool in TOOLS])

    async def call_tool(
        context: ServerRequestContext[Any, Any], params: CallToolRequestParams
    ) -> CallToolResult:
        tool = tools.get(params.name)
        if tool is None:
            message = f"There is no tool of this name{nearest(params.name, tools) or '.'}"
            raise MCPError(INVALID_PARAMS, message)
        try:
            identity = _allowed(tool, identify(context))
            given = params.arguments or {}
            return _answered(await _run(tool, operations, given, identity, threads))
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold a key
            return _failed(tool, error)

    # The SDK's debug lines quote what a client sent, which may be a key; it notes each request.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    return Server(
        "voicegateway",
        title="VoiceGateway",
        version=__version__,
        instructions=_INSTRUCTIONS,
        cache_hints={"tools/list": CacheHint(ttl_ms=_LISTED_FOR_MS, scope="public")},
        get_tool_input_schema=lambda name: (
            listed(tools[name]).input_schema if name in tools else None
        ),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


@cache
def listed(tool: Tool[Any]) -> ListedTool:
    """The tool as a client is told of it."""
    return ListedTool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=argument_schema(tool.arguments),
        output_schema=answer_schema(tool.answer),
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.changes,
            destructive_hint=tool.destructive,
            idempotent_hint=not tool.changes,
            open_world_hint=tool.asks_outside,
        ),
    )


async def _run(
    tool: Tool[Any],
    operations: Operations,
    given: Mapping[str, Any],
    identity: Identity,
    threads: anyio.CapacityLimiter,
) -> BaseModel:
    found = await anyio.to_thread.run_sync(
        tool.called, operations, given, identity.name, limiter=threads
    )
    return await _whole(found) if isinstance(found, Awaitable) else found


async def _whole(change: Awaitable[BaseModel]) -> BaseModel:
    """A client that leaves does not stop a change when half of it is done."""
    with anyio.CancelScope(shield=True):
        answer = await change
    return answer  # noqa: RET504 - to mypy, a scope may swallow what is raised in it


def _allowed(tool: Tool[Any], identity: Identity) -> Identity:
    if tool.scope in identity.scopes:
        return identity
    has = [str(scope) for scope in Scope if scope in identity.scopes]
    raise Fault(
        "INSUFFICIENT_SCOPE",
        f"{tool.name} needs the scope {tool.scope}, which the key {identity.name!r} lacks: make "
        f"one with `voicegw keys create NAME --scopes {tool.scope}`.",
        {"scope": str(tool.scope), "scopes": has},
    )


def _answered(answer: BaseModel) -> CallToolResult:
    return _result(answer.model_dump(mode="json"))


def _failed(tool: Tool[Any], error: Exception) -> CallToolResult:
    fault = fault_of(error)
    if fault.code == "INTERNAL_ERROR":
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("tool %s failed with %s at\n%s", tool.name, type(error).__name__, where)
    return _result(fault.to_json(), is_error=True)


def _result(content: dict[str, Any], *, is_error: bool = False) -> CallToolResult:
    text = TextContent(text=json.dumps(content, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=content, is_error=is_error)
