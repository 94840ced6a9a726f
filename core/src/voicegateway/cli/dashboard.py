"""`voicegw dashboard`: the server, and a browser that shows its pages."""

from __future__ import annotations

import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voicegateway.cli.options import HostOption, PortOption
from voicegateway.cli.output import ConfigOption
from voicegateway.errors import ConfigError

if TYPE_CHECKING:
    from voicegateway.server.exposure import Address

__all__ = ["dashboard", "require_dashboard", "show_dashboard"]

_START_SECONDS: Final = 15.0


def dashboard(
    host: HostOption = None,
    port: PortOption = None,
    show: Annotated[  # noqa: FBT002
        bool, typer.Option("--open/--no-open", help="Whether to open it in the browser.")
    ] = True,
    sample: Annotated[  # noqa: FBT002
        bool, typer.Option("--sample", help="Show a month of made-up calls, kept nowhere.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Open the dashboard in the browser, and serve it until Ctrl-C.

    A server that already listens on this address is used as it is; else this is `voicegw serve`
    and a browser. The pages come with `pip install voicegw-dashboard`.
    """
    require_dashboard()
    if not sample:
        show_dashboard(config, host=host, port=port, show=show)
        return
    if config is not None:
        raise ConfigError("--sample has a config of its own: leave --config out.")
    from voicegateway.cli.sample import sample_store

    with sample_store() as config_path:
        show_dashboard(config_path, host=host, port=port, show=show, shared=False)


def show_dashboard(
    config: Path | None,
    *,
    host: str | None = None,
    port: int | None = None,
    show: bool = True,
    page: str = "",
    shared: bool = True,
) -> None:
    """Open a page, and serve it until Ctrl-C unless a server listens already. Without `shared` that
    one is left alone, and any free port is taken. Raises `ConfigError`."""
    from voicegateway.core.gateway import Gateway
    from voicegateway.server.exposure import Address, bound, chosen_address, require_key_for
    from voicegateway.server.running import run

    settings = Gateway(config).config
    address = chosen_address(settings, host, port)
    if address.port and _answers(address):
        if shared:
            typer.echo(f"A server is running: http://{address}/{page}", err=True)
            _open(address, page, show=show)
            return
        if port is None:
            address = Address(address.host, 0)
    require_key_for(address, settings)
    with bound(address) as listening:
        actual = Address(address.host, listening.getsockname()[1])
        typer.echo(f"The dashboard is at http://{actual}/{page} (Ctrl-C ends it)", err=True)
        if show:
            threading.Thread(target=_open_when_up, args=(actual, page), daemon=True).start()
        run(config, listening)


def require_dashboard() -> None:
    """Raises `ConfigError` if there are no pages to show."""
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


def _open_when_up(address: Address, page: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if _answers(address):
            _open(address, page, show=True)
            return
        time.sleep(0.1)


def _open(address: Address, page: str, *, show: bool) -> None:
    import webbrowser  # as above

    if show and not webbrowser.open(f"http://{address}/{page}"):
        typer.echo(f"No browser was found here: open http://{address}/{page} yourself.", err=True)
