"""The whole server as one ASGI application.

uvicorn.run(create_app(), host="127.0.0.1", port=8080)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from voicegateway import __version__
from voicegateway.core.access import Scope, open_access
from voicegateway.core.gateway import Gateway
from voicegateway.mcp.app import HEADERS, mount_mcp
from voicegateway.operations import Operations
from voicegateway.server import events, metrics
from voicegateway.server.auth import require
from voicegateway.server.body_limit import BodyLimit
from voicegateway.server.extensions import mount_extensions
from voicegateway.server.parameters import only_known
from voicegateway.server.problems import answer_problems
from voicegateway.server.routes import (
    costs,
    keys,
    latency,
    logs,
    models,
    projects,
    providers,
    reconcile,
    session,
    status,
    totals,
)

__all__ = ["create_app"]

_MOST_BYTES: Final = 1_048_576
"""Of a body, where a path does not say otherwise."""
_DESCRIPTION: Final = (
    "The ledger and the safety valve of LiveKit voice agents. Amounts are decimal strings in US "
    "dollars, null where unknown; times are ISO 8601 in UTC."
)
_ROUTERS: Final = (
    status.health,
    session.router,
    keys.router,
    status.router,
    costs.router,
    latency.router,
    logs.router,
    totals.router,
    projects.reads,
    projects.writes,
    providers.reads,
    providers.writes,
    models.reads,
    models.writes,
    reconcile.router,
    events.router,
    metrics.router,
)


def create_app(config_path: Path | None = None) -> FastAPI:
    """Reads the configuration. Raises `ConfigError` with one sentence if it cannot be used."""
    gateway = Gateway(config_path)
    app = FastAPI(
        title="VoiceGateway",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url=None,  # open to everybody otherwise
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.gateway = gateway
    app.state.operations = Operations(gateway)
    app.state.origins = gateway.config.server.cors_origins
    app.state.access = open_access(gateway.config)
    answer_problems(app)
    app.add_middleware(BodyLimit, most=_MOST_BYTES, limits={reconcile.PATH: reconcile.MOST_BYTES})
    for router in _ROUTERS:
        app.include_router(router)
    app.state.mcp = mount_mcp(app, app.state.operations, app.state.access, app.state.origins)
    _publish(app)
    mount_extensions(app, gateway.config.plugins.disabled)
    _let_in(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What was opened is closed, and what is queued for the ledger is written, at the end."""
    operations: Operations = app.state.operations
    async with AsyncExitStack() as stack:
        for close in (app.state.gateway.close, app.state.access.close, operations.close):
            stack.push_async_callback(run_in_threadpool, close)
        await run_in_threadpool(operations.prepare)
        if app.state.mcp is not None:
            await stack.enter_async_context(app.state.mcp.running())
        yield


def _operation_id(route: APIRoute) -> str:
    return route.name


def _publish(app: FastAPI) -> None:
    @app.get(
        "/openapi.json",
        include_in_schema=False,
        dependencies=[Depends(require(Scope.READ)), Depends(only_known)],
    )
    async def get_openapi() -> dict[str, Any]:
        return app.openapi()


def _let_in(app: FastAPI) -> None:
    """Pages of these sites may read answers. They send a key: cookies are not shared."""
    if app.state.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=app.state.origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=[*HEADERS, "Last-Event-ID"],
            expose_headers=["Content-Disposition", "Retry-After"],
        )
