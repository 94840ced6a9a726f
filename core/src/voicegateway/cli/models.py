"""`voicegw models list|fetch|path`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from voicegateway.cli import completion
from voicegateway.cli.output import (
    ConfigOption,
    JsonOption,
    print_json,
    print_table,
    quiet_stdout,
)
from voicegateway.errors import ModelFileError, PluginError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from voicegateway.core.registry import Registry
    from voicegateway.types import ModelBundle

app = typer.Typer(no_args_is_help=True)

_Names = Annotated[list[str] | None, typer.Argument(help="As `models list` shows them.")]


@app.command("list")
def list_models(
    verify: Annotated[  # noqa: FBT002
        bool, typer.Option("--verify", help="Hash every file: slow, and certain.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List the models that can run on this machine.

    And which of them are here. They are in the user's cache folder, or where VOICEGW_MODELS_DIR
    says.
    """
    from voicegateway import modelfiles

    look = modelfiles.verify if verify else modelfiles.status
    rows = []
    for name, bundle in _bundles(config).items():
        found = look(name.split("/", 1)[0], bundle)
        rows.append(
            {
                "model": name,
                "state": found.state.value,
                "size_bytes": found.expected,
                "license": bundle.license,
                "description": bundle.description,
            }
        )
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No installed plugin has local models. Try: pip install 'voicegw-local[all]'")
    else:
        print_table(
            ("Model", "State", "Size", "Licence", "Description"),
            [
                (
                    str(row["model"]),
                    str(row["state"]),
                    f"{int(str(row['size_bytes'])) / 1e6:.0f} MB",
                    str(row["license"]),
                    str(row["description"]),
                )
                for row in rows
            ],
            right=("Size",),
        )


@app.command("fetch")
def fetch(
    names: _Names = None,
    stack: Annotated[
        str | None,
        typer.Option(
            help="All that a stack needs, such as `local`.", autocompletion=completion.stacks
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Download models into the user's cache folder.

    A download that was cut off is resumed. Every file is checked by its sha256 before it is put
    in place, also those that are here.
    """
    from voicegateway import modelfiles
    from voicegateway.cli.download import progress_bar

    bundles = _bundles(config)
    wanted = [*(names or []), *(_of_stack(stack, config, bundles) if stack else [])]
    if not wanted:
        raise typer.BadParameter("Name a model, or give --stack.")
    for name in wanted:
        provider, bundle = name.split("/", 1)[0], _find(name, bundles)
        with progress_bar() as report:  # also of one that is here: fetch checks every hash
            folder = modelfiles.fetch(provider, bundle, report)
        typer.echo(f"{name} is in {folder}")


@app.command("path")
def path(
    name: Annotated[str, typer.Argument(help="As `models list` shows it.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Print the folder of a model that is here."""
    from voicegateway import modelfiles

    bundle = _find(name, _bundles(config))
    folder = str(modelfiles.require(name.split("/", 1)[0], bundle))
    if as_json:
        print_json({"model": name, "path": folder})
    else:
        typer.echo(folder)


def _bundles(config: Path | None) -> dict[str, ModelBundle]:
    from voicegateway.cli.plugins import registry_of

    return bundles_of(registry_of(config))


def bundles_of(registry: Registry, broken: Collection[str] = ()) -> dict[str, ModelBundle]:
    """Model string to bundle, of every plugin that loads; those known as broken are not tried."""
    found: dict[str, ModelBundle] = {}
    for provider_id in registry.installed():
        if provider_id in broken:
            continue
        try:
            with quiet_stdout():
                bundles = registry.get(provider_id).model_bundles()
        except PluginError as error:
            typer.echo(f"voicegw: {error}", err=True)
            continue
        found.update({f"{provider_id}/{bundle.model}": bundle for bundle in bundles})
    return found


def _find(name: str, bundles: dict[str, ModelBundle]) -> ModelBundle:
    if name in bundles:
        return bundles[name]
    import difflib

    near = difflib.get_close_matches(name, bundles, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ModelFileError(
        f"There is no local model {name!r} (known: {', '.join(bundles) or 'none'}).{hint}"
    )


def _of_stack(name: str, config: Path | None, bundles: dict[str, ModelBundle]) -> list[str]:
    """The stack's models that have files; the others live elsewhere."""
    from voicegateway.core.config import load_config
    from voicegateway.core.stacks import find_stack

    stack = find_stack(name, load_config(config).config)
    named = [stack.stt, stack.llm, stack.tts]
    bare = [name if name in bundles else name.rpartition(":")[0] for name in named]  # a variant
    return [name for name in bare if name in bundles]
