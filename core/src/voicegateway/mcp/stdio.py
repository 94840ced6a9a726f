"""The tools over a pipe, for the program that started this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.stdio import stdio_server

from voicegateway.mcp.server import build_server
from voicegateway.mcp.tokens import LOCAL

if TYPE_CHECKING:
    from voicegateway.operations import Operations

__all__ = ["serve_stdio"]


async def serve_stdio(operations: Operations) -> None:
    """Until the other end closes the pipe. Whatever else prints meanwhile goes to stderr."""
    server = build_server(operations, lambda _context: LOCAL)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
