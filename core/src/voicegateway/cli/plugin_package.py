"""What `voicegw plugins new` writes: the files of `plugin_template`, with the names put in."""

from __future__ import annotations

import keyword
import re
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["package_names", "refuse_taken", "write_package"]

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)  # PEP 503
_ID = re.compile(r"[a-z]([a-z0-9_-]*[a-z0-9])?")
_LONGEST = 32
_SUFFIX = ".template"


def package_names(name: str, provider: str | None = None) -> dict[str, str]:
    """Everything that the template needs to know. Raises `BadParameter`, which is one sentence."""
    from voicegateway import __version__
    from voicegateway.core.discovery import canonical_name

    plain = canonical_name(name).removeprefix("voicegw-")
    word = plain.replace("-", "_")
    if not _NAME.fullmatch(name) or len(plain) > _LONGEST:
        raise typer.BadParameter(
            f"{name!r} is no name of a package: use up to {_LONGEST} letters, digits and single "
            "hyphens, such as 'acme-speech'."
        )
    if not word.isidentifier() or keyword.iskeyword(word):
        raise typer.BadParameter(
            f"{name!r} makes no name in Python: begin with a letter, and take no keyword."
        )
    provider_id = provider or plain
    if not _ID.fullmatch(provider_id) or len(provider_id) > _LONGEST:
        raise typer.BadParameter(
            f"{provider_id!r} is no provider id: use lower-case letters, digits, hyphens and "
            "underscores, such as 'acme'."
        )
    today = datetime.now(UTC).date()
    major, minor, *_ = __version__.split(".")
    return {
        "distribution": f"voicegw-{plain}",
        "package": f"voicegw_{word}",
        "provider": provider_id,
        "variable": f"{provider_id.upper().replace('-', '_')}_API_KEY",
        "title": " ".join(part.capitalize() for part in word.split("_")),
        "today": today.isoformat(),
        "year": str(today.year),
        "voicegw_bounds": f">={major}.{minor},<{int(major) + 1}",
    }


def refuse_taken(names: dict[str, str]) -> None:
    """Raises `BadParameter` if an installed distribution has the provider id."""
    from voicegateway.core.registry import Registry

    for record in Registry().records():
        if record.provider == names["provider"]:
            raise typer.BadParameter(
                f"The provider {record.provider!r} is installed already, by {record.distribution} "
                f"{record.version}: choose another id with --provider."
            )


def write_package(folder: Path, names: dict[str, str]) -> None:
    """Raises `BadParameter` if the folder is there, or cannot be made."""
    if folder.exists():
        raise typer.BadParameter(f"{folder} is there already: name another folder with -o.")
    template = resources.files("voicegateway.cli").joinpath("plugin_template")
    try:
        _write(template, folder, names)
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be written: {error.strerror}.") from None


def _write(source: Traversable, target: Path, names: dict[str, str]) -> None:
    target.mkdir(parents=True)
    for entry in source.iterdir():
        name = entry.name.replace("PACKAGE", names["package"])
        if entry.is_dir():
            _write(entry, target / name, names)
        elif name.endswith(_SUFFIX):
            text = Template(entry.read_text(encoding="utf-8")).substitute(names)
            (target / name.removesuffix(_SUFFIX)).write_text(text, encoding="utf-8")
