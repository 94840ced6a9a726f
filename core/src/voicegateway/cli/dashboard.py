"""`voicegw dashboard`: the server, and a browser that shows its pages."""

from __future__ import annotations

import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voicegateway.cli.output import ConfigOption
from voicegateway.errors import ConfigError

if TYPE_CHECKING:
    from voicegateway.server.exposure import Address

__all__ = ["dashboard"]

_START_SECONDS: Final = 15.0


def dashboard(
    host: Annotated[
        str | None,
        typer.Option(help="The address to listen on; else VOICEGW_HOST, server.host, 127.0.0.1."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="0 for any; else VOICEGW_PORT, server.port, 8080."),
    ] = None,
    show: Annotated[  # noqa: FBT002
        bool, typer.Option("--open/--no-open", help="Whether to open it in the browser.")
    ] = True,
    config: ConfigOption = None,
) -> None:
    """Open the dashboard in the browser, and serve it until Ctrl-C.

    A server that already listens on this address is used as it is; else this is `voicegw serve`
    and a browser. The pages come with `pip install voicegw-dashboard`.
    """
    _require_installed()
    from voicegateway.core.gateway import Gateway
    from voicegateway.server.exposure import Address, bound, chosen_address, require_key_for
    from voicegateway.server.running import run

    settings = Gateway(config).config
    address = chosen_address(settings, host, port)
    if address.port and _answers(address):
        typer.echo(f"A server is running: http://{address}/", err=True)
        _open(address, show=show)
        return
    require_key_for(address, settings)
    with bound(address) as listening:
        actual = Address(address.host, listening.getsockname()[1])
        typer.echo(f"The dashboard is at http://{actual}/ (Ctrl-C ends it)", err=True)
        if show:
            threading.Thread(target=_open_when_up, args=(actual,), daemon=True).start()
        run(config, listening)


def _require_installed() -> None:
    if find_spec("voicegw_dashboard") is None:
        raise ConfigError("The dashboard is not installed: pip install voicegw-dashboard.")


def _answers(address: Address) -> bool:
    """Whether a VoiceGateway listens there."""
    import urllib.request  # 50 ms, of every command's start

    try:
        with urllib.request.urlopen(f"http://{address}/health", timeout=1) as answer:
            return b'"uptime_seconds"' in answer.read(1000)
    except (OSError, ValueError):
        return False


def _open_when_up(address: Address) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if _answers(address):
            _open(address, show=True)
            return
        time.sleep(0.1)


def _open(address: Address, *, show: bool) -> None:
    import webbrowser  # as above

    if show and not webbrowser.open(f"http://{address}/"):
        typer.echo(f"No browser was found here: open http://{address}/ yourself.", err=True)
