"""`voicegw demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from voicegateway.cli import completion
from voicegateway.cli.output import ConfigOption

__all__ = ["demo"]


def demo(
    stack: Annotated[
        str,
        typer.Option(help="The stack of models to talk to.", autocompletion=completion.stacks),
    ] = "local",
    project: Annotated[str, typer.Option("--project", "-p", help="Who pays.")] = "demo",
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write what was answered.")
    ] = Path("voicegw-demo-answer.wav"),
    dashboard: Annotated[  # noqa: FBT002
        bool, typer.Option("--dashboard", help="Then show the call in the dashboard.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Hold one real spoken conversation on this machine.

    It needs no microphone and no account: one model speaks, another hears it, a third answers
    and is interrupted. Then the receipt is printed. The rows are in the ledger under the
    project `demo`. Fetch the models first with `voicegw models fetch --stack local`.
    """
    import asyncio

    from voicegateway.cli.dashboard import require_dashboard, show_dashboard
    from voicegateway.cli.receipt import print_receipt
    from voicegateway.core.config import ledger_place
    from voicegateway.errors import VoiceGatewayError

    if dashboard:
        require_dashboard()
    if config is not None:
        import os

        os.environ["VOICEGW_CONFIG"] = str(config)
    try:
        from voicegateway.demo.conversation import converse
    except ModuleNotFoundError as error:
        raise VoiceGatewayError(
            f"The demo needs LiveKit and local models ({error.name} is missing): "
            "pip install 'voicegw-local[all]'"
        ) from None
    from voicegateway import inference

    held = asyncio.run(converse(stack, project, output, lambda step: typer.echo(f"· {step}")))
    inference.reset_gateway()
    typer.echo(f"\nheard:     {held.heard}")
    typer.echo(f"answered:  {held.answer}")
    typer.echo(f"           {held.answer_seconds:.1f} s of speech in {held.answer_file}\n")
    print_receipt(ledger_place(config), held.session_id)
    if dashboard:
        show_dashboard(config, page=f"calls/{held.session_id}")
