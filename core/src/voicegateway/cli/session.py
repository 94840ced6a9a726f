"""`voicegw session ID`."""

from __future__ import annotations

from typing import Annotated

import typer

from voicegateway.cli.output import ConfigOption, JsonOption

__all__ = ["session"]


def session(
    session_id: Annotated[str, typer.Argument(help="As `voicegw logs` shows it.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show one call's receipt: its legs, turns, interruptions, retries, cost and latency."""
    from voicegateway.cli.receipt import print_receipt
    from voicegateway.core.config import ledger_place

    print_receipt(ledger_place(config), session_id, as_json=as_json)
