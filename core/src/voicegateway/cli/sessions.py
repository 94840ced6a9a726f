"""`voicegw sessions`."""

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
from voicegateway.cli.output import (
    ConfigOption,
    JsonOption,
    duration,
    money,
    print_json,
    print_table,
)
from voicegateway.cli.reading import chosen_period, reading

if TYPE_CHECKING:
    from voicegateway.storage.queries import SessionRow

__all__ = ["sessions"]

_COLUMNS = ("Session", "Project", "Started (UTC)", "Length", "Requests", "Cost", "A minute")
_RIGHT = ("Length", "Requests", "Cost", "A minute")


class Sort(StrEnum):
    COST = "cost"
    DURATION = "duration"
    STARTED = "started"


def sessions(
    project: ProjectOption = None,
    today: TodayOption = False,  # noqa: FBT002
    week: WeekOption = False,  # noqa: FBT002
    month: MonthOption = False,  # noqa: FBT002
    start: StartOption = None,
    end: EndOption = None,
    sort: Annotated[
        Sort, typer.Option("--sort", help="Costliest, longest or newest first.")
    ] = Sort.STARTED,
    number: Annotated[int, typer.Option("-n", min=1, help="How many sessions.")] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List calls with what each cost, in all and a minute.

    Those still running are included. A session belongs to the period that it began in.
    """
    from voicegateway.storage.queries import sessions_in

    with reading(config) as (reader, place):
        period = chosen_period(
            place.timezone, today=today, week=week, month=month, start=start, end=end
        )
        found = sessions_in(reader, period, project=project, sort=sort.value, limit=number)
    if as_json:
        print_json([row.to_json() for row in found])
    elif not found:
        typer.echo("No sessions.")
    else:
        print_table(_COLUMNS, [_cells(row) for row in found], right=_RIGHT)


def _cells(row: SessionRow) -> tuple[str, ...]:
    from voicegateway.storage.models import usd

    started = str(row.to_json()["started_at"] or "")
    length, rate = row.duration_us, row.cost_per_minute_nano
    shown = duration(None if length is None else length / 1000)
    return (
        row.session_id,
        row.project,
        started[:19].replace("T", " "),
        f"{shown}, open" if row.open else shown,
        str(row.sum.requests),
        ("at least " if row.sum.unpriced else "") + money(usd(row.cost_nano)),
        "" if rate is None else money(usd(rate)),
    )
