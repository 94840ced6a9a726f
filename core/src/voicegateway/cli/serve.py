"""`voicegw serve`: the HTTP API, and what is mounted beside it."""

from __future__ import annotations

from importlib.util import find_spec

import typer

from voicegateway.cli.options import HostOption, PortOption
from voicegateway.cli.output import ConfigOption
from voicegateway.errors import ConfigError

__all__ = ["serve"]


def serve(
    host: HostOption = None,
    port: PortOption = None,
    config: ConfigOption = None,
) -> None:
    """Serve the HTTP API on one port.

    Without an API key it answers this machine alone; any other address needs one first
    (`voicegw keys create`). Stops on SIGTERM when all is written.
    """
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise ConfigError("The server is not installed: pip install 'voicegw[server]'.")
    from voicegateway.core.gateway import Gateway
    from voicegateway.server.exposure import Address, bound, chosen_address, require_key_for
    from voicegateway.server.running import run

    settings = Gateway(config).config
    address = chosen_address(settings, host, port)
    require_key_for(address, settings)
    with bound(address) as listening:
        actual = Address(address.host, listening.getsockname()[1])
        typer.echo(f"VoiceGateway listens on http://{actual}", err=True)
        run(config, listening)
