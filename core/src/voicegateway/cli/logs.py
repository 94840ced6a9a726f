"""`voicegw logs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli import completion
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
    from collections.abc import Callable, Iterable

    from voicegateway.cli.following import Wanted
    from voicegateway.storage.models import LedgerOutcome
    from voicegateway.storage.queries import Entry, LogPage, Reader

__all__ = ["logs", "row_cells"]

COLUMNS = ("Started (UTC)", "Leg", "Model", "Outcome", "Units", "TTFB", "Total", "Cost")
RIGHT = ("TTFB", "Total", "Cost")


def logs(
    project: ProjectOption = None,
    number: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many rows; 50, or 10 before those that follow."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="provider/model, or the model alone.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(help="open, completed, cancelled, failed or abandoned.")
    ] = None,
    session: Annotated[
        str | None, typer.Option(help="Of one session.", autocompletion=completion.sessions)
    ] = None,
    follow: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C, oldest first."),
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List attempts, newest first.

    Every attempt of a call is a row, those still running included. A row that is an estimate has a
    `~` before its units. With --follow an attempt comes when it begins and when it ends, whichever
    process makes it; JSON is then a line a row.
    """
    from voicegateway.storage.queries import logs as read_logs

    outcome = _outcome(status)
    limit = number if number is not None else 10 if follow else 50
    with reading(config) as (reader, _):

        def page() -> LogPage:
            return read_logs(
                reader, project=project, model=model, outcome=outcome, session=session, limit=limit
            )

        if follow:
            earlier = lambda: reversed(page().rows)  # noqa: E731
            wanted = _filter(project, model, outcome, session)
            _follow(reader, earlier, wanted, as_json=as_json)
            return
        found = page()
    if as_json:
        print_json(found.to_json())
    elif not found.rows:
        typer.echo("No rows.")
    else:
        print_table(COLUMNS, [row_cells(row) for row in found.rows], right=RIGHT)


def _outcome(status: str | None) -> LedgerOutcome | None:
    from typing import get_args

    from voicegateway.storage.models import LedgerOutcome

    outcome = next((known for known in get_args(LedgerOutcome) if known == status), None)
    if status is not None and outcome is None:
        raise typer.BadParameter(
            f"{status!r} is no status: use {', '.join(get_args(LedgerOutcome))}.",
            param_hint="--status",
        )
    return outcome


def _filter(
    project: str | None, model: str | None, outcome: str | None, session: str | None
) -> Wanted:
    """As the ledger filters its rows."""

    def wanted(row: Entry) -> bool:
        return (
            project in (None, row.project)
            and model in (None, row.leg.model, row.leg.name)
            and outcome in (None, row.outcome)
            and session in (None, row.session_id)
        )

    return wanted


def _follow(
    reader: Reader, earlier: Callable[[], Iterable[Entry]], wanted: Wanted, *, as_json: bool
) -> None:
    from voicegateway.cli.following import follow, json_line

    if not as_json:
        typer.echo(_line(COLUMNS))
    follow(reader, earlier, wanted, json_line if as_json else lambda row: _line(row_cells(row)))


_WIDTHS = (14, 4, 32, 10, 30, 7, 7, 9)


def _line(cells: tuple[str, ...]) -> str:
    """A line of a table whose other lines are not known yet."""
    return "  ".join(
        cell.rjust(width) if column in RIGHT else cell.ljust(width)
        for cell, column, width in zip(cells, COLUMNS, _WIDTHS, strict=True)
    ).rstrip()


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
