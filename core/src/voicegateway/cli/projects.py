"""`voicegw projects` and `voicegw project ID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicegateway.cli import completion
from voicegateway.cli.output import ConfigOption, JsonOption, money, print_json, print_table
from voicegateway.cli.reading import ledger_of

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.projects import ProjectInfo
    from voicegateway.storage.queries import Reader

__all__ = ["project", "projects"]


def projects(config: ConfigOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """List projects with what each has spent of its budget.

    Those of the config and those that only the ledger knows. Days and months are those of the
    ledger's time zone.
    """
    infos, reader = _open(config)
    with reader:
        found = [_facts(info, reader) for info in infos]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one["id"],
            money(one["spent_today_usd"]),
            money(one["daily_budget_usd"]) if one["daily_budget_usd"] else "",
            money(one["spent_this_month_usd"]),
            money(one["monthly_budget_usd"]) if one["monthly_budget_usd"] else "",
            one["budget_action"] if one["daily_budget_usd"] or one["monthly_budget_usd"] else "",
            one["source"],
        )
        for one in found
    ]
    titles = ("Project", "Today", "of", "Month", "of ", "Action", "Source")
    print_table(titles, rows, right=("Today", "of", "Month", "of "))


def project(
    project_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="As `voicegw projects` shows it.", autocompletion=completion.projects
        ),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show one project's budget, and which calls hold it.

    Spent, reserved, and when it resets. Reserved is what running calls may still cost, and what
    processes have leased to admit more.
    """
    from voicegateway.core.projects import ProjectInfo
    from voicegateway.core.schema import Project

    infos, reader = _open(config)
    unknown = ProjectInfo(project_id, "ledger", Project())
    with reader:
        facts = _facts(next((one for one in infos if one.id == project_id), unknown), reader)
    if as_json:
        print_json(facts)
        return
    _show(facts)


def _open(config: Path | None) -> tuple[list[ProjectInfo], Reader]:
    from voicegateway.core.config import LedgerPlace, database_target
    from voicegateway.core.gateway import Gateway

    gateway = Gateway(config)
    tracking = gateway.config.cost_tracking
    place = LedgerPlace(database_target(tracking.db_path), tracking.timezone)
    return gateway.list_projects(), ledger_of(place)


def _facts(info: ProjectInfo, reader: Reader) -> dict[str, Any]:
    from voicegateway.storage.queries import budget_state

    section, state = info.settings, budget_state(reader, info.id)
    return {
        "id": info.id,
        "name": section.name,
        "description": section.description,
        "source": info.source,
        "daily_budget_usd": _text(section.daily_budget),
        "monthly_budget_usd": _text(section.monthly_budget),
        "budget_action": section.budget_action,
        "throttle_stack": section.throttle_stack,
        "tags": list(section.tags),
        **state.to_json(),
    }


def _text(amount: object) -> str | None:
    return None if amount is None else f"{amount}"


def _show(facts: dict[str, Any]) -> None:
    typer.echo(f"{facts['id']}{': ' + facts['name'] if facts['name'] else ''}")
    for title, spent, cap, ends in (
        ("today", facts["spent_today_usd"], facts["daily_budget_usd"], facts["day_ends"]),
        ("this month", facts["spent_this_month_usd"], facts["monthly_budget_usd"],
         facts["month_ends"]),
    ):  # fmt: skip
        of = f" of {money(cap)}, {facts['budget_action']}" if cap else ""
        typer.echo(f"  {title:<11}{money(spent)}{of}, until {ends} ({facts['timezone']})")
    if facts["unpriced_today"]:
        typer.echo(f"  {facts['unpriced_today']} attempts of today have no known price.")
    typer.echo(f"  reserved   {money(facts['reserved_usd'])}")
    if facts["reservations"]:
        rows = [
            (one["host"], str(one["pid"]), money(one["amount_usd"]))
            for one in facts["reservations"]
        ]
        typer.echo("")
        print_table(("Host", "Process", "Reserved"), rows, right=("Process", "Reserved"))
    if facts["running"]:
        running = [
            (one["id"], one["session_id"] or "", f"{one['provider']}/{one['model']}",
             one["started_at"], money(one["held_usd"]))
            for one in facts["running"]
        ]  # fmt: skip
        typer.echo("")
        print_table(("Running", "Session", "Model", "Since", "Holds"), running, right=("Holds",))
