"""The tools on a port of their own, and in a larger application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from voicegateway.core.access import Authenticator, open_access
from voicegateway.core.gateway import Gateway
from voicegateway.mcp.endpoint import Endpoint
from voicegateway.operations import Operations

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["HEADERS", "PATH", "create_mcp_app", "mount_mcp"]

PATH: Final = "/mcp"
HEADERS: Final = ("Authorization", "Content-Type", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""Those of a request that a page of a listed origin may set."""


def mount_mcp(
    app: Starlette, operations: Operations, access: Authenticator, origins: Collection[str]
) -> Endpoint | None:
    """Adds the tools to an application, whose lifespan is to enter the endpoint's `running`. None,
    and nothing is added, where the extra `mcp` is not installed."""
    if find_spec("mcp") is None:
        return None
    endpoint = Endpoint(operations, access, origins)
    app.router.routes.append(Route(PATH, endpoint, include_in_schema=False))
    return endpoint


def create_mcp_app(config_path: Path | None = None) -> Starlette:
    """The tools at `/mcp`, and `/health`. Raises `ConfigError` with one sentence if the
    configuration cannot be used."""
    gateway = Gateway(config_path)
    operations, access = Operations(gateway), open_access(gateway.config)

    async def health(_: Request) -> JSONResponse:
        return JSONResponse(operations.health().model_dump(mode="json"))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for close in (gateway.close, access.close, operations.close):
                stack.push_async_callback(anyio.to_thread.run_sync, close)
            await anyio.to_thread.run_sync(operations.prepare)
            if endpoint is not None:
                await stack.enter_async_context(endpoint.running())
            yield

    app = Starlette(routes=[Route("/health", health)], lifespan=lifespan)
    origins = gateway.config.server.cors_origins
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["POST"], allow_headers=HEADERS
        )
    endpoint = mount_mcp(app, operations, access, origins)
    return app
