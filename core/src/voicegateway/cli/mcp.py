"""`voicegw mcp`."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voicegateway.cli.output import ConfigOption

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.access import Authenticator

__all__ = ["mcp"]

_PATIENCE_SECONDS: Final = 10
"""For calls that run when the server is told to stop."""
_LAST_PORT: Final = 65_535


class Transport(StrEnum):
    STDIO = "stdio"
    HTTP = "http"


def mcp(
    transport: Annotated[
        Transport, typer.Option("--transport", "-t", help="stdio: for the program that starts it.")
    ] = Transport.STDIO,
    host: Annotated[
        str | None, typer.Option(help="With http: where to listen, instead of server.host.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=_LAST_PORT, help="With http: instead of server.port."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve tools for models that look after this gateway (Model Context Protocol).

    Over stdio whoever starts it may use every tool. Over HTTP, at /mcp, each request needs a key.
    `voicegw serve` serves the same tools beside its API.
    """
    _require_sdk()
    if transport is Transport.STDIO:
        if host is not None or port is not None:
            raise typer.BadParameter("--host and --port go with -t http.")
        _over_stdio(config)
    else:
        _over_http(config, host, port)


def _require_sdk() -> None:
    from importlib.util import find_spec

    from voicegateway.errors import ConfigError

    if find_spec("mcp") is None:
        raise ConfigError("The tools need the extra mcp: pip install 'voicegw[mcp]'.")


def _over_stdio(config: Path | None) -> None:
    import anyio

    from voicegateway.cli.output import quiet_stdout

    with quiet_stdout():  # from here to the first message; then the SDK sees to it
        from voicegateway.core.gateway import Gateway
        from voicegateway.mcp.stdio import serve_stdio
        from voicegateway.operations import Operations

        gateway = Gateway(config)
        operations = Operations(gateway)
        operations.prepare()
    try:
        anyio.run(serve_stdio, operations)
    finally:
        operations.close()
        gateway.close()


def _over_http(config: Path | None, host: str | None, port: int | None) -> None:
    import uvicorn

    from voicegateway.mcp.app import create_mcp_app

    app = create_mcp_app(config)
    _tell_of_keys(app.state.access)
    listens = app.state.gateway.config.server
    uvicorn.run(
        app,
        host=host or os.environ.get("VOICEGW_HOST") or listens.host,
        port=_port(listens.port) if port is None else port,
        access_log=False,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )


def _tell_of_keys(access: Authenticator) -> None:
    """Without a key it would answer nobody, and nobody would know why."""
    from voicegateway.errors import LedgerError

    try:
        access.refresh()
    except LedgerError:  # the server says so to whoever asks
        return
    if not access.usable:
        typer.echo(
            "There is no key yet, and each request needs one: make it with "
            "`voicegw keys create NAME --scopes read`.",
            err=True,
        )


def _port(configured: int) -> int:
    from voicegateway.errors import ConfigError

    said = os.environ.get("VOICEGW_PORT") or str(configured)
    if not said.isdecimal() or int(said) > _LAST_PORT:
        raise ConfigError(f"VOICEGW_PORT is no port: give a number from 0 to {_LAST_PORT}.")
    return int(said)
