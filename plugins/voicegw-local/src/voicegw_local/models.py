"""From the name in a model string to files on this machine."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from voicegateway.errors import ModelFileError
from voicegateway.types import ModelBundle

__all__ = ["bundle_of", "own_path", "require_model"]


def bundle_of(provider: str, model: str, bundles: Sequence[ModelBundle]) -> ModelBundle:
    """The bundle with that name. Raises `ModelFileError` naming the nearest one."""
    known = {bundle.model: bundle for bundle in bundles}
    if model in known:
        return known[model]
    near = difflib.get_close_matches(model, known, n=1)
    hint = f"did you mean {provider}/{near[0]}?" if near else f"it knows {', '.join(known)};"
    raise ModelFileError(
        f"The provider {provider!r} knows no model {model!r}: {hint} For a model of your own, give "
        "its files in the option model_path."
    )


def require_model(provider: str, model: str, bundles: Sequence[ModelBundle]) -> Path:
    """The folder of a bundle that has been fetched. Raises `ModelFileError`; never downloads."""
    from voicegateway.modelfiles import require

    return require(provider, bundle_of(provider, model, bundles))


def own_path(
    provider: str, path: str, *needed: str, folder: bool, option: str = "model_path"
) -> Path:
    """The user's own model file or folder. Raises `ModelFileError` if it, or a file beside or in
    it that the engine needs, is not there."""
    chosen = Path(path).expanduser().absolute()
    if not (chosen.is_dir() if folder else chosen.is_file()):
        kind = "folder" if folder else "file"
        raise ModelFileError(f"The option {option} of {provider!r} names no {kind}: {chosen}.")
    for name in needed:
        beside = chosen / name if folder else chosen.with_name(chosen.name + name)
        if not beside.is_file():
            raise ModelFileError(f"The model of {provider!r} at {chosen} lacks {beside.name}.")
    return chosen
