"""`voicegw rotate-secret`: encrypt managed keys anew."""

from __future__ import annotations

from typing import Annotated

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json

__all__ = ["rotate_secret"]


def rotate_secret(
    new_key: Annotated[  # noqa: FBT002
        bool, typer.Option("--new-key", help="Make a new key in the key file first.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Encrypt managed keys anew with the present secret.

    That is the one in VOICEGW_SECRET, with the earlier ones in VOICEGW_SECRET_FALLBACK, or
    else the newest of the key file. Can be interrupted and run again.
    """
    from voicegateway.core.config_manager import ConfigManager
    from voicegateway.core.rotation import rotate

    done = rotate(ConfigManager(config).store, new_key=new_key, actor="cli")
    if as_json:
        print_json({"encrypted": done.encrypted, "total": done.total})
    elif done.total:
        typer.echo(f"Encrypted {done.encrypted} of {done.total} managed keys anew.")
    else:
        typer.echo("There are no managed keys.")
