"""`voicegw session ID`."""

from __future__ import annotations

from typing import Annotated

import typer

from voicegateway.cli import completion
from voicegateway.cli.output import ConfigOption, JsonOption

__all__ = ["session"]


def session(
    session_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="As `voicegw sessions` shows it.", autocompletion=completion.sessions
        ),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show one call's receipt.

    Its legs, turns, interruptions, retries, cost and latency. `voicegw sessions` and `voicegw
    logs` show the ids.
    """
    from voicegateway.cli.receipt import print_receipt
    from voicegateway.core.config import ledger_place

    print_receipt(ledger_place(config), session_id, as_json=as_json)
