"""All commands, and how their errors reach the user."""

from __future__ import annotations

import sys

import typer

from voicegateway import __version__
from voicegateway.cli import (
    costs,
    dashboard,
    demo,
    doctor,
    explain,
    export_costs,
    init,
    keys,
    latency,
    logs,
    manual,
    mcp,
    models,
    plugins,
    prices,
    projects,
    reconcile,
    reprice,
    rotate_secret,
    seed,
    serve,
    session,
    sessions,
    status,
)
from voicegateway.errors import VoiceGatewayError

__all__ = ["app", "main"]

WRONG_USE = 2

app = typer.Typer(
    name="voicegw",
    help="The ledger and the safety valve of LiveKit voice agents.",
    epilog=manual.ROOT,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),  # noqa: FBT001, FBT003
) -> None:
    if version:
        typer.echo(f"voicegw {__version__}")
        raise typer.Exit


app.command("demo")(demo.demo)
app.command("seed")(seed.seed)
app.command("init")(init.init)
app.add_typer(plugins.app, name="plugins", help="Installed provider plugins.")
app.add_typer(models.app, name="models", help="Models that run on this machine.")
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("costs")(costs.costs)
app.command("logs")(logs.logs)
app.command("prices")(prices.prices)
app.command("session")(session.session)
app.command("sessions")(sessions.sessions)
app.command("explain")(explain.explain)
app.command("export-costs")(export_costs.export_costs)
app.command("reprice")(reprice.reprice)
app.command("reconcile")(reconcile.reconcile)
app.command("latency")(latency.latency)
app.command("projects")(projects.projects)
app.command("project")(projects.project)
app.command("serve")(serve.serve)
app.command("dashboard")(dashboard.dashboard)
app.add_typer(keys.app, name="keys", help="API keys: who may use the server.")
app.command("mcp")(mcp.mcp)
app.command("rotate-secret")(rotate_secret.rotate_secret)
manual.add_epilogues(app)


def main() -> None:
    """Run the command line: exit 0 fine, 1 a finding, 2 wrong use or wrong config."""
    try:
        app()
    except VoiceGatewayError as error:
        typer.echo(f"voicegw: {error}", err=True)
        sys.exit(WRONG_USE)
    except BrokenPipeError:  # the reader of a pipe has had enough
        sys.stderr.close()
        sys.exit(0)
