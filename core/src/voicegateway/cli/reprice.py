"""`voicegw reprice`."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicegateway.cli.options import EndOption, ProjectOption, ProviderOption, StartOption
from voicegateway.cli.output import (
    ConfigOption,
    JsonOption,
    money,
    print_json,
    print_table,
    quiet_stdout,
)
from voicegateway.cli.reading import chosen_period, ledger_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voicegateway.storage.queries import Period, Reader

__all__ = ["reprice"]


def reprice(
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Take the rates of this day, not of each request's own."),
    ] = None,
    start: StartOption = None,
    end: EndOption = None,
    project: ProjectOption = None,
    provider: ProviderOption = None,
    reason: Annotated[
        str, typer.Option(help="Why; `voicegw explain` shows it.")
    ] = "voicegw reprice",
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Price requests anew, beside what was recorded.

    Those of this month, unless a period is given. Nothing is overwritten: summaries keep the
    cost that was recorded, and `voicegw explain` shows both.
    """
    from voicegateway.core.config import LedgerPlace
    from voicegateway.reconcile.collection import collect_less
    from voicegateway.reconcile.crew import crew_for
    from voicegateway.reconcile.repricing import reprice as run
    from voicegateway.reconcile.tools import tools_of

    day = _day(as_of)
    collect_less()
    tools = tools_of(config)
    with ledger_of(LedgerPlace(tools.target, tools.timezone)) as reader:
        period = chosen_period(
            tools.timezone, today=False, week=False, month=False, start=start, end=end
        )
        rows = _requests(reader, period, project, provider)
        with quiet_stdout(), _progress(rows) as report:
            done = run(
                reader,
                tools.engine,
                tools.rates,
                period,
                project=project,
                provider=provider,
                as_of=day,
                reason=reason,
                dry_run=dry_run,
                report=report,
                colleagues=crew_for(config, rows),
            ).to_json()
    if as_json:
        print_json(done)
    else:
        _show(done)


def _requests(reader: Reader, period: Period, project: str | None, provider: str | None) -> int:
    from voicegateway.storage.queries import usage_by_leg

    found = usage_by_leg(reader, period, project=project)
    return sum(one.sum.requests for one in found if provider in (None, one.leg.provider))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no day: write 2026-11-22.", param_hint="--as-of"
        ) from None


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr where somebody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("requests", total=rows)
        yield lambda count: bar.update(task, completed=count)


def _show(done: dict[str, Any]) -> None:
    rates = done["rates_of"] or "each request's own day"
    typer.echo(f"{done['requests']} requests priced anew at the rates of {rates}")
    if done["by_model"]:
        rows = [
            (
                f"{one['provider']}/{one['model']}",
                str(one["requests"]),
                str(one["changed_requests"]),
                money(one["cost_usd"]),
                money(one["new_cost_usd"]),
                money(one["difference_usd"]),
                str(one["new_unpriced_requests"]),
            )
            for one in done["by_model"]
        ]
        titles = ("Model", "Requests", "Changed", "Recorded", "New", "Difference", "Unpriced")
        print_table(titles, rows, right=titles[1:])
    typer.echo(f"recorded {money(done['cost_usd'])}, new {money(done['new_cost_usd'])}")
    if done["requests_without_terms"]:
        typer.echo(
            f"{done['requests_without_terms']} requests are from before their terms were kept: "
            "they were priced as streaming, pay as you go, one channel."
        )
    if done["abandoned_requests"]:
        typer.echo(f"{done['abandoned_requests']} abandoned requests keep their estimate.")
    for name, count in done["unanswered_requests"].items():
        typer.echo(
            f"{count} requests of {name} were left alone: its plugin is not installed, or failed."
        )
    if done["batch"] is None:
        typer.echo("Nothing was written.")
    else:
        typer.echo(f"{done['changed_requests']} new quotes are in batch {done['batch']}.")
