"""`voicegw plugins list|info`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.registry import PluginRecord, Registry

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_plugins(config: ConfigOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """List every installed provider plugin and its state. Imports none of them."""
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
    provider: Annotated[str, typer.Argument(help="The provider id, as `plugins list` shows it.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show what one provider offers: modalities, models, key variable, local files."""
    registry = registry_of(config)
    loaded = registry.get(provider)
    said = loaded.provider_info()
    bundles = loaded.model_bundles()
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


def registry_of(config: Path | None) -> Registry:
    from voicegateway.core.config import find_config, load_config
    from voicegateway.core.registry import Registry

    if find_config(config) is None:  # then nothing is disabled, and Pydantic is not needed
        return Registry()
    from voicegateway.core.gateway import disabled_plugins

    return Registry(disabled_plugins(load_config(config).config))


def _as_row(record: PluginRecord) -> dict[str, str | None]:
    return {
        "provider": record.provider,
        "status": record.status.value,
        "distribution": record.distribution,
        "version": record.version,
        "entry_point": record.entry_point,
        "error": record.error,
    }
