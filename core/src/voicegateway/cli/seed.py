"""`voicegw seed`: a month of made-up calls, to try the commands and the dashboard on."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["seed"]


def seed(
    folder: Annotated[
        Path, typer.Option("--folder", "-f", metavar="DIR", help="Where to put its store.")
    ] = Path("voicegw-sample"),
    rows: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="About how many requests.")
    ] = 10_000,
    live: Annotated[  # noqa: FBT002
        bool, typer.Option("--live", help="Then have more calls come in, until Ctrl-C.")
    ] = False,
) -> None:
    """Make a month of sample data in a store of its own.

    Companies, models and prices in it are made up. It never goes into a ledger that exists: yours
    stays as it is.
    """
    from voicegateway.demo.month.store import make_store

    store = make_store(folder, rows=rows)
    typer.echo(f"Wrote {store.rows} requests of a month into {store.ledger}. Look at them with:\n")
    typer.echo(f"  {_with_config('dashboard', store.config)}")
    typer.echo(f"  {_with_config('costs', store.config)}")
    if live:
        _play(store.ledger)


def _with_config(command: str, config: Path) -> str:
    """A variable that names another ledger would win over the file."""
    lifted = "env -u VOICEGW_DB_PATH " if "VOICEGW_DB_PATH" in os.environ else ""
    return f"{lifted}voicegw {command} --config {shlex.quote(str(config))}"


def _play(ledger: Path) -> None:
    import threading

    from voicegateway.demo.month.live import play

    typer.echo("\nCalls come in, until Ctrl-C.")
    try:
        play(ledger, threading.Event())
    except KeyboardInterrupt:
        typer.echo("\nEnded.")
