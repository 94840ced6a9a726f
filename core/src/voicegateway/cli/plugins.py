"""`voicegw plugins list|info|check|new`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli import completion, plugin_check, plugin_new
from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table, quiet_stdout

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.provider import Provider
    from voicegateway.core.registry import PluginRecord, Registry

app = typer.Typer(no_args_is_help=True)
app.command("check")(plugin_check.check)
app.command("new")(plugin_new.new)


@app.command("list")
def list_plugins(config: ConfigOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """List every installed provider plugin and its state.

    None of them is imported. A provider id that two distributions claim has a row for each:
    turn one of them off with `plugins.disabled` in the config.
    """
    records = registry_of(config).records()
    if as_json:
        print_json([_as_row(record) for record in records])
        return
    if not records:
        typer.echo("No provider plugin is installed. Try: pip install 'voicegw-local[all]'")
        return
    print_table(
        ("Provider", "Status", "Distribution", "Version", "Entry point"),
        [(r.provider, r.status, r.distribution, r.version, r.entry_point) for r in records],
    )
    for message in dict.fromkeys(record.error for record in records if record.error):
        typer.echo(f"\n{message}")


@app.command("info")
def info(
    provider: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The provider id, as `plugins list` shows it.",
            autocompletion=completion.providers,
        ),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show what one provider offers.

    Modalities, models, key variable, price sources, local files. This loads the plugin, and
    nothing of its vendor's.
    """
    registry = registry_of(config)
    with quiet_stdout():
        loaded = registry.get(provider)
        said = loaded.provider_info()
        bundles = loaded.model_bundles()
        sources = _price_sources(loaded)
    facts = {
        "provider": provider,
        "title": said.title,
        "distribution": loaded.distribution,
        "version": loaded.version,
        "modalities": sorted(said.modalities),
        "local": said.local,
        "key_variable": said.key_variable,
        "docs_url": said.docs_url,
        "models": list(said.models),
        "model_bundles": [bundle.model for bundle in bundles],
        "prices": sources,
    }
    if as_json:
        print_json(facts)
        return
    shown = {
        "key_variable": said.key_variable or "none needed",
        "local": "yes" if said.local else "no",
    }
    for name, value in {**facts, **shown}.items():
        text = ", ".join(value) if isinstance(value, list) else str(value)
        if text:
            typer.echo(f"{name.replace('_', ' '):<15}{text}")


def _price_sources(provider: Provider) -> list[str]:
    """Where its rates come from and when somebody last looked, a line a source; or why they cannot
    be shown, such as a library that is not installed."""
    try:
        lines = [
            f"{rate.source} ({f'checked {rate.checked_on}' if rate.checked_on else 'not dated'})"
            for rate in provider.list_rates() or ()
        ]
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the rest is worth showing
        return [f"cannot be shown: {error}"]
    return list(dict.fromkeys(lines))


def registry_of(config: Path | None) -> Registry:
    from voicegateway.core.registry import Registry

    return Registry(disabled_of(config))


def disabled_of(config: Path | None) -> list[str]:
    """Provider ids and distributions that the config turns off."""
    from voicegateway.core.config import find_config, load_config

    if find_config(config) is None:  # then nothing is disabled, and Pydantic is not needed
        return []
    from voicegateway.core.gateway import disabled_plugins

    return disabled_plugins(load_config(config).config)


def _as_row(record: PluginRecord) -> dict[str, str | None]:
    return {
        "provider": record.provider,
        "status": record.status.value,
        "distribution": record.distribution,
        "version": record.version,
        "entry_point": record.entry_point,
        "error": record.error,
    }
