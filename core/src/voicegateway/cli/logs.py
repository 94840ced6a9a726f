"""`voicegw logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.options import ProjectOption
from voicegateway.cli.output import (
    ConfigOption,
    JsonOption,
    duration,
    money,
    print_json,
    print_table,
    units,
)
from voicegateway.cli.reading import reading

if TYPE_CHECKING:
    from voicegateway.storage.queries import Entry

__all__ = ["logs", "row_cells"]

COLUMNS = ("Started (UTC)", "Leg", "Model", "Outcome", "Units", "TTFB", "Total", "Cost")
RIGHT = ("TTFB", "Total", "Cost")


def logs(
    project: ProjectOption = None,
    number: Annotated[int, typer.Option("-n", min=1, help="How many rows.")] = 50,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="provider/model, or the model alone.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(help="open, completed, cancelled, failed or abandoned.")
    ] = None,
    session: Annotated[str | None, typer.Option(help="Of one session.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List attempts, newest first.

    Every attempt of a call is a row, those still running included. A row that is an estimate has a
    `~` before its units.
    """
    from typing import get_args

    from voicegateway.storage.models import LedgerOutcome
    from voicegateway.storage.queries import logs as read_logs

    outcome = next((known for known in get_args(LedgerOutcome) if known == status), None)
    if status is not None and outcome is None:
        raise typer.BadParameter(
            f"{status!r} is no status: use {', '.join(get_args(LedgerOutcome))}.",
            param_hint="--status",
        )
    with reading(config) as (reader, _):
        page = read_logs(
            reader,
            project=project,
            model=model,
            outcome=outcome,
            session=session,
            limit=number,
        )
    if as_json:
        print_json(page.to_json())
    elif not page.rows:
        typer.echo("No rows.")
    else:
        print_table(COLUMNS, [row_cells(row) for row in page.rows], right=RIGHT)


def row_cells(row: Entry) -> tuple[str, ...]:
    """One row of the ledger for a table; `~` marks units that are an estimate."""
    started = str(row.to_json()["started_at"])
    outcome = row.outcome if row.attempt == 1 else f"{row.outcome}, attempt {row.attempt}"
    quantities = units({unit.value: amount for unit, amount in row.units.items()})
    return (
        started[5:19].replace("T", " "),
        row.leg.modality.upper(),
        row.leg.name,
        outcome,
        f"~ {quantities}" if row.unit_basis == "estimated" else quantities,
        *(duration(None if us is None else us / 1000) for us in (row.ttfb_us, row.duration_us)),
        "" if row.outcome == "open" else money(row.cost_usd),
    )
