"""`voicegw export-costs`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.options import ProjectOption, RequiredEnd, RequiredStart
from voicegateway.cli.output import ConfigOption
from voicegateway.cli.reading import chosen_period, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voicegateway.storage.queries import Period, Reader

__all__ = ["export_costs"]


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def export_costs(
    start: RequiredStart,
    end: RequiredEnd,
    project: ProjectOption = None,
    form: Annotated[
        Form,
        typer.Option("--format", "-f", help="What to write; Parquet needs the extra `parquet`."),
    ] = Form.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file, instead of stdout.")
    ] = None,
    as_json: Annotated[  # noqa: FBT002
        bool, typer.Option("--json", help="As --format json.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Write one line a request, for spreadsheets and audits.

    When, whose, which model, each unit, the cost and its source. Lines are written as they are
    read, so that a long period needs no more memory than a short one.
    """
    from voicegateway.reconcile.exporting import export_costs as export

    if as_json:
        form = Form.JSON
    if output is None and form is Form.PARQUET:
        raise typer.BadParameter("A Parquet file needs a name.", param_hint="--output")
    watched = output is not None or not sys.stdout.isatty()  # else the rows are what is seen
    with reading(config) as (reader, place):
        period = chosen_period(
            place.timezone, today=False, week=False, month=False, start=start, end=end
        )
        with _progress(reader, period, project, wanted=watched) as report:
            target = output or sys.stdout.buffer
            count = export(reader, period, target, project=project, form=form.value, report=report)
        missing = _no_longer_kept(reader, period, project, count)
    if output is not None:
        typer.echo(f"{count} requests written to {output}", err=True)
    if missing:
        typer.echo(
            f"{missing} requests of this time are no longer kept (cost_tracking.retention_days): "
            "they are in `voicegw costs` and not here.",
            err=True,
        )


@contextmanager
def _progress(
    reader: Reader, period: Period, project: str | None, *, wanted: bool
) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr where somebody watches."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("requests", total=_counted(reader, period, project))
        yield lambda done: bar.update(task, completed=done)


def _no_longer_kept(reader: Reader, period: Period, project: str | None, written: int) -> int:
    """How many requests of a period are in the sums alone."""
    from voicegateway.storage.schema import pruned_before

    with reader.snapshot() as connection:
        kept_from = pruned_before(connection)
    if kept_from is None or period.start_us >= kept_from:
        return 0
    return max((_counted(reader, period, project) or 0) - written, 0)


def _counted(reader: Reader, period: Period, project: str | None) -> int | None:
    """How many requests the sums say there were; None if they cannot tell."""
    from voicegateway.errors import LedgerError
    from voicegateway.storage.queries import usage_by_leg

    try:
        return sum(one.sum.requests for one in usage_by_leg(reader, period, project=project))
    except LedgerError:  # a part of a day whose requests are gone
        return None
