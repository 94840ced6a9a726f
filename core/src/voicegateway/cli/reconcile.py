"""`voicegw reconcile`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli import completion
from voicegateway.cli.options import RequiredEnd, RequiredStart
from voicegateway.cli.output import (
    ConfigOption,
    JsonOption,
    money,
    print_json,
    print_table,
    quiet_stdout,
)
from voicegateway.cli.reading import chosen_period, reading, usage_folder

if TYPE_CHECKING:
    from voicegateway.core.provider import Provider
    from voicegateway.reconcile.comparison import Reconciliation
    from voicegateway.storage.queries import Period

__all__ = ["reconcile"]

_SOON = 1.0
"""Seconds of work without a progress bar."""


def reconcile(
    provider: Annotated[
        str,
        typer.Option(
            help="Whose export it is: a provider id.", autocompletion=completion.providers
        ),
    ],
    start: RequiredStart,
    end: RequiredEnd,
    usage_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--usage-file", metavar="FILE", help="The vendor's export; may be given several times."
        ),
    ] = None,
    pull: Annotated[  # noqa: FBT002
        bool, typer.Option("--pull", help="Fetch the vendor's export, in place of --usage-file.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where --pull keeps what it fetched; beside the ledger if not given."),
    ] = None,
    anew: Annotated[  # noqa: FBT002
        bool, typer.Option("--anew", help="With --pull: fetch again what is here already.")
    ] = False,
    threshold: Annotated[
        float, typer.Option(min=0, help="Percent from which on a row is flagged.")
    ] = 5.0,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of --start and --end; the config's if not given.")
    ] = None,
    force: Annotated[  # noqa: FBT002
        bool, typer.Option("--force", help="Even if the vendor's figures may not be final yet.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for spreadsheets.")] = False,  # noqa: FBT002
) -> None:
    """Compare the ledger with a vendor's own usage export.

    Model by model and unit by unit. A row that parts by more than the threshold is flagged,
    with its cause: other units, another rate, only theirs, only ours, or rounding. A file whose
    columns are not known is an error that lists them. A period that ends within the vendor's
    reporting lag is refused.
    """
    from voicegateway.reconcile.comparison import reconcile as compare

    if as_json and as_csv:
        raise typer.BadParameter("Give one of --json and --csv.")
    if bool(usage_file) == pull:  # together, a page that is in both would be counted twice
        raise typer.BadParameter("Give either --usage-file or --pull.")
    if not pull and (folder or anew):
        raise typer.BadParameter("--folder and --anew go with --pull.")
    with reading(config) as (reader, place), _progress() as tick, quiet_stdout():
        period = chosen_period(
            timezone or place.timezone, today=False, week=False, month=False, start=start, end=end
        )
        plugin = _provider(provider, config)
        files = usage_file or _pulled(
            plugin,
            period,
            folder or usage_folder(place.target),
            config,
            force=force,
            anew=anew,
            tick=tick,
        )
        found = compare(
            reader,
            plugin,
            period,
            files,
            threshold=Decimal(str(threshold)),
            force=force,
            tick=tick,
        )
    _print(found, as_json=as_json, as_csv=as_csv)
    if found.flagged:
        raise typer.Exit(1)


def _provider(provider: str, config: Path | None) -> Provider:
    from voicegateway.cli.plugins import disabled_of
    from voicegateway.core.registry import Registry

    return Registry(disabled_of(config)).get(provider)


def _pulled(
    plugin: Provider,
    period: Period,
    folder: Path,
    config: Path | None,
    *,
    force: bool,
    anew: bool,
    tick: Callable[[str, int], None],
) -> list[Path]:
    from voicegateway.core.gateway import Gateway
    from voicegateway.reconcile.pulling import pull, require_pull

    require_pull(plugin)  # before a key is asked for that would be of no use
    gateway = Gateway(config)
    try:
        settings = gateway.usage_settings(plugin.id)
    finally:
        gateway.close()
    return pull(plugin, settings, period, folder, force=force, anew=anew, tick=tick)


def _print(found: Reconciliation, *, as_json: bool, as_csv: bool) -> None:
    from voicegateway.reconcile.report import COLUMNS, RIGHT, csv_text, sentences, table

    if as_json or as_csv:
        for note in found.notes:
            typer.echo(f"voicegw: {note}", err=True)
    if as_json:
        return print_json(found.to_json())
    if as_csv:
        return typer.echo(csv_text(found), nl=False)
    period = found.period.to_json()
    typer.echo(f"{found.provider}: {period['start']} to {period['end']} ({period['timezone']})")
    typer.echo(_totals(found))
    if found.rows:
        typer.echo("")
        print_table(COLUMNS, table(found), right=RIGHT)
    said = list(sentences(found))
    if said:
        typer.echo("")
    for sentence in said:
        typer.echo(sentence)
    return None


def _totals(found: Reconciliation) -> str:
    at_least = "at least " if found.unpriced and found.recorded_total_usd is not None else ""
    theirs = found.vendor_total_usd
    vendor = "names no cost" if theirs is None else f"asks {money(theirs)}"
    flagged = len(found.flagged)
    verdict = f"{flagged} of {len(found.rows)} rows flagged" if flagged else "no row flagged"
    return f"recorded {at_least}{money(found.recorded_total_usd)}, the vendor {vendor}; {verdict}"


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A bar on a terminal, from the second second on."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[lines]}")
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None, lines="")
    timer = Timer(_SOON, bar.start)
    timer.start()
    try:
        yield lambda what, lines: bar.update(
            task, description=what, lines=f"{lines:,} lines" if lines else ""
        )
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
