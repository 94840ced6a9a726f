"""`voicegw plugins new`: a package to begin a plugin with, complete and tested."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["new"]


def new(
    name: Annotated[str, typer.Argument(help="Of the vendor: `acme` makes `voicegw-acme`.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The folder to make, not there yet.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="The provider id, if it is not the name.")
    ] = None,
) -> None:
    """Write a plugin package whose tests pass.

    Replace its example vendor with yours. It has a module, tests that run the conformance kit,
    a README, a changelog and a pyproject.toml.
    """
    from voicegateway.cli.plugin_package import package_names, refuse_taken, write_package

    names = package_names(name, provider)
    refuse_taken(names)
    folder = output or Path(names["distribution"])
    write_package(folder, names)
    typer.echo(f"Wrote {folder}: provider {names['provider']!r}, package {names['package']}.")
    typer.echo(f"Next: cd {folder} && pip install -e '.[test]' && pytest")
    typer.echo(f"Then: voicegw plugins check {names['provider']}")
