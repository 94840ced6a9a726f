"""The command, and how it looks to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table, quiet_stdout

__all__ = ["status"]

_WIDTH = 10


def status(
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one plugin may take to say its variable.")
    ] = 15.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show what is configured, and from where.

    The config file and its layers, providers and where their keys are from, models, stacks,
    projects, the ledger, and where the server listens. No key is shown. `voicegw doctor` says
    whether all of it works.
    """
    from voicegateway.cli.status.facts import facts

    with quiet_stdout():
        found = facts(config, timeout)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _show(found: Mapping[str, Any]) -> None:
    config, ledger, server = found["config"], found["ledger"], found["server"]
    _line("voicegw", found["version"])
    _line("config", config["path"] or "no file, so all is default")
    if config["environment"]:
        _line("variables", ", ".join(config["environment"]))
    if config["managed"]:
        _line("managed", f"{config['managed']} resources in the ledger")
    _line("ledger", _ledger(ledger, tracking=found["cost_tracking"]))
    _line("timezone", found["timezone"])
    exposed = "other machines can reach it" if server["exposed"] else "this machine alone"
    _line("server", f"{server['host']}:{server['port']}, {exposed}; {server['keys']} API keys")
    _table("Provider", found["providers"], ("id", "status", "version", "key", "key_source"))
    _table("Model", found["models"], ("id", "provider", "model", "source"))
    _table("Stack", found["stacks"], ("id", "stt", "llm", "tts", "source"))
    columns = ("id", "daily_budget_usd", "monthly_budget_usd", "budget_action", "source")
    _table("Project", found["projects"], columns)


def _ledger(ledger: Mapping[str, Any], *, tracking: bool) -> str:
    if not tracking:
        return "turned off"
    if not ledger["ok"]:
        return str(ledger["error"])
    lost = f", {ledger['lost']} records lost" if ledger["lost"] else ""
    newest = f", newest of {ledger['newest_at']}" if ledger["newest_at"] else ", empty"
    return f"{ledger['name']}{newest}, {ledger['open_requests']} open{lost}"


def _line(title: str, text: str) -> None:
    typer.echo(f"{title:<{_WIDTH}}{text}")


def _table(title: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    if not rows:
        return
    typer.echo("")
    titles = [title, *(key.removesuffix("_usd").replace("_", " ").capitalize() for key in keys[1:])]
    print_table(titles, [[str(row[key] or "") for key in keys] for row in rows])
