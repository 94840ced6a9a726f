"""`voicegw mcp`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voicegateway.cli.output import ConfigOption

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.schema import GatewayConfig

__all__ = ["mcp"]

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
    """Serve tools for assistants (Model Context Protocol).

    With them a model looks after this gateway. Over stdio whoever starts it may use every tool.
    Over HTTP, at /mcp, each request needs a key. `voicegw serve` serves the same tools beside its
    API.
    """
    _require("mcp", extra="mcp")
    if transport is Transport.STDIO:
        if host is not None or port is not None:
            raise typer.BadParameter("--host and --port go with -t http.")
        _over_stdio(config)
    else:
        _over_http(config, host, port)


def _require(*modules: str, extra: str) -> None:
    from importlib.util import find_spec

    from voicegateway.errors import ConfigError

    if any(find_spec(module) is None for module in modules):
        raise ConfigError(f"This needs the extra {extra}: pip install 'voicegw[{extra}]'.")


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
    _require("fastapi", "uvicorn", extra="server")
    from voicegateway.core.gateway import Gateway
    from voicegateway.mcp.app import PATH, create_mcp_app
    from voicegateway.server.exposure import Address, bound, chosen_address
    from voicegateway.server.running import run_app

    settings = Gateway(config).config
    _tell_of_keys(settings)
    address = chosen_address(settings, host, port)
    with bound(address) as listening:
        actual = Address(address.host, listening.getsockname()[1])
        typer.echo(f"The tools are at http://{actual}{PATH}", err=True)
        run_app(lambda: create_mcp_app(config), listening)


def _tell_of_keys(config: GatewayConfig) -> None:
    """Without a key it would answer nobody, and nobody would know why."""
    from voicegateway.errors import LedgerError
    from voicegateway.server.exposure import has_usable_key

    try:
        usable = has_usable_key(config)
    except LedgerError:  # the server says so to whoever asks
        return
    if not usable:
        typer.echo(
            "There is no key yet, and each request needs one: make it with "
            "`voicegw keys create NAME --scopes read`.",
            err=True,
        )
