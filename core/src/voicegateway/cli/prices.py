"""`voicegw prices`: the rates that calls are priced with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.options import ProviderOption
from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table
from voicegateway.core.price_list import RateRow, matches, own_rates, plugin_rates

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.registry import Registry

__all__ = ["prices"]

_COLUMNS = ("Provider", "Model", "Leg", "Unit", "Rate", "Mode/plan", "Rule", "Source", "Checked")


def prices(
    model: Annotated[
        str | None, typer.Argument(help="A model, or a shell pattern: `swift-1`, `swift-*`.")
    ] = None,
    provider: ProviderOption = None,
    stale: Annotated[
        int | None,
        typer.Option(min=0, metavar="DAYS", help="Only rates not checked for so long."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one plugin may take.")
    ] = 10.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show the rates that calls are priced with.

    Your own (`pricing.overrides`) come first, then every installed provider's. Each has its
    source and the day that somebody last looked there. Your own rates are never stale.
    """
    rows = list(_overrides(config))
    listed, broken = _listed(config, provider, timeout)
    rows = [row for row in [*rows, *listed] if matches(row, provider, model)]
    if stale is not None:
        last = _days_ago(stale)
        rows = [row for row in rows if _is_stale(row, last)]
    if as_json:
        failed = [{"provider": one, "error": error} for one, error in broken.items()]
        print_json({"rates": rows, "failed": failed})
    else:
        _show(rows, broken, _nothing(provider, model, stale))
    if stale is not None and rows:
        raise typer.Exit(1)


def _overrides(config: Path | None) -> Iterator[RateRow]:
    from voicegateway.core.config import find_config, load_config

    if find_config(config) is not None:
        yield from own_rates(load_config(config).config.pricing.overrides)


def _listed(
    config: Path | None, provider: str | None, timeout: float
) -> tuple[list[RateRow], dict[str, str]]:
    """The rates of every plugin, and what is wrong with those that could not be asked."""
    from voicegateway.cli.plugins import disabled_of
    from voicegateway.core.inspection import Task, ask, claims_of
    from voicegateway.core.registry import Registry

    disabled = disabled_of(config)
    registry = Registry(disabled)
    if provider is not None and provider not in {one.provider for one in registry.records()}:
        registry.get(provider)  # raises the error that says what to install
    broken = _conflicts(registry, provider)
    usable = [
        record
        for record in registry.records()
        if record.status == "available" and provider in (None, record.provider)
    ]
    answers = ask(Task.RATES, claims_of(usable), timeout, disabled)
    return plugin_rates(answers, broken), broken


def _conflicts(registry: Registry, provider: str | None) -> dict[str, str]:
    return {
        record.provider: record.error
        for record in registry.records()
        if record.status == "conflict" and record.error and provider in (None, record.provider)
    }


def _days_ago(days: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


def _is_stale(row: RateRow, last: str) -> bool:
    """Not the operator's own rates: those are a contract, not a price list that somebody reads."""
    if row["override"]:
        return False
    checked: str | None = row["checked_on"]
    return checked is None or checked < last  # ISO days sort as text


def _nothing(provider: str | None, model: str | None, stale: int | None) -> str:
    if stale is not None:
        return f"Every rate was checked within the last {stale} days."
    if model is not None:
        return f"There is no rate for {model!r}: what it costs is unknown."
    if provider is not None:
        return f"The plugin of {provider!r} lists no rates."
    return "No installed plugin lists rates."


def _show(rows: Sequence[RateRow], broken: dict[str, str], nothing: str) -> None:
    if rows:
        print_table(_COLUMNS, [_cells(row) for row in rows], right=("Rate",))
    else:
        typer.echo(nothing)
    if broken:
        typer.echo("")
    for provider, error in broken.items():
        typer.echo(f"{provider}: {error}")


def _cells(row: RateRow) -> tuple[str, ...]:
    terms = [row["mode"] or "any", *([row["plan"]] if row["plan"] else [])]
    rules = [row["rule"], _days(row), f"disputed: {row['disputed']}" if row["disputed"] else ""]
    return (
        row["provider"],
        row["model"],
        (row["modality"] or "any").upper() if row["modality"] else "any",
        row["unit"],
        f"{row['rate_usd']} / {row['per']}",
        "/".join(terms),
        ", ".join(filter(None, rules)),
        row["source"],
        row["checked_on"] or "",
    )


def _days(row: RateRow) -> str:
    begins = f"from {row['valid_from']}" if row["valid_from"] else ""
    ends = f"until {row['valid_to']}" if row["valid_to"] else ""
    return " ".join(filter(None, [begins, ends]))
