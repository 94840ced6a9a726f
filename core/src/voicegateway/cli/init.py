"""`voicegw init`: write a commented configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["init"]


def init(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it.")] = Path(
        "voicegw.yaml"
    ),
    full: Annotated[bool, typer.Option("--full", help="Show every setting.")] = False,  # noqa: FBT002
    local: Annotated[  # noqa: FBT002
        bool, typer.Option("--local", help="Use the models that run on this machine.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite without asking.")] = False,  # noqa: FBT002
) -> None:
    """Write a commented config.

    Nothing needs one: without it, keys come from the environment and the ledger is in the
    user's folder. It is looked for in ./voicegw.yaml, ~/.config/voicegateway and
    /etc/voicegateway.
    """
    from voicegateway.cli.config_template import config_text
    from voicegateway.core.registry import Registry
    from voicegateway.errors import ConfigError

    if output.exists() and not force:
        typer.confirm(f"{output} exists. Overwrite it?", abort=True)
    text = config_text(Registry(), full=full, local=local)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}.") from None
    typer.echo(f"Wrote {output}.")
    if local:
        typer.echo("Fetch its models with: voicegw models fetch --stack local")
