"""`voicegw costs`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.options import (
    EndOption,
    MonthOption,
    ProjectOption,
    StartOption,
    TodayOption,
    WeekOption,
)
from voicegateway.cli.output import ConfigOption, JsonOption, money, print_json, print_table, units
from voicegateway.cli.reading import chosen_period, reading

if TYPE_CHECKING:
    from voicegateway.storage.queries import CostRow, Costs

__all__ = ["costs"]


class By(StrEnum):
    PROVIDER = "provider"
    MODEL = "model"
    MODALITY = "modality"
    PROJECT = "project"
    SESSION = "session"


def costs(
    project: ProjectOption = None,
    today: TodayOption = False,  # noqa: FBT002
    week: WeekOption = False,  # noqa: FBT002
    month: MonthOption = False,  # noqa: FBT002
    start: StartOption = None,
    end: EndOption = None,
    by: Annotated[
        list[By] | None, typer.Option("--by", help="Only these tables; may be given several times.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show what was spent, and on what.

    In JSON by provider, model, modality, project and session; --by chooses the tables. Without
    a period it is this month of the ledger's time zone. Calls that still run are left out;
    requests without a known price are counted, and never summed as 0.
    """
    from voicegateway.storage.queries import costs as read_costs

    with reading(config) as (reader, place):
        period = chosen_period(
            place.timezone, today=today, week=week, month=month, start=start, end=end
        )
        found = read_costs(reader, period, project=project)
    if as_json:
        print_json(found.to_json())
    else:
        _show(found, [one.value for one in by or (By.MODEL, By.PROJECT, By.SESSION)])


def _show(found: Costs, tables: list[str]) -> None:
    period = found.period.to_json()
    typer.echo(f"{period['start']} to {period['end']} ({period['timezone']})")
    total, unpriced = found.total_usd, found.total.unpriced
    at_least = "at least " if unpriced else ""
    typer.echo(f"{at_least}{money(total)} for {found.total.requests} requests")
    if unpriced:
        typer.echo(f"{unpriced} of them have no known price and are not in the sum.")
    for name in tables:
        rows: tuple[CostRow, ...] = getattr(found, f"by_{name}")
        if rows:
            typer.echo("")
            _table(name, rows)


def _table(name: str, rows: tuple[CostRow, ...]) -> None:
    cells = []
    for row in rows:
        shown = row.to_json()
        quantities = {unit.value: amount for unit, amount in row.sum.units.items()}
        cost = money(None if shown["cost_usd"] is None else str(shown["cost_usd"]))
        cells.append((row.key or "none", cost, str(row.sum.requests), units(quantities)))
    print_table((name.capitalize(), "Cost", "Requests", "Units"), cells, right=("Cost", "Requests"))
