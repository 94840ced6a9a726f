"""Where model files are kept, and the refusal to write anywhere else."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from voicegateway.errors import ModelFileError

__all__ = ["MODELS_VARIABLE", "bundle_folder", "file_path", "lock_path", "models_folder"]

MODELS_VARIABLE = "VOICEGW_MODELS_DIR"

# One name between slashes. A leading dot is refused: `..` climbs, and hidden names are ours.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@=-]*")


def models_folder() -> Path:
    """The folder of all models: `$VOICEGW_MODELS_DIR`, else `voicegateway/models` in the user's
    cache folder (`$XDG_CACHE_HOME`, else `~/.cache`). Created by the first fetch."""
    chosen = os.environ.get(MODELS_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "")
    if not cache.is_absolute():  # as the XDG specification says of a relative one
        cache = Path.home() / ".cache"
    return cache / "voicegateway" / "models"


def bundle_folder(provider: str, model: str) -> Path:
    """The folder of one model's files, whether it exists or not.

    Raises `ModelFileError` for a name that would lead out of the models folder."""
    return _inside(models_folder(), f"{provider}/{model}")


def file_path(folder: Path, path: str) -> Path:
    """Where a bundle's file goes. Raises `ModelFileError` if that is not within `folder`, through
    a symbolic link neither."""
    target = _inside(folder, path)
    if not target.resolve().is_relative_to(folder.resolve()):
        raise ModelFileError(f"The model file {path!r} would be written outside its folder.")
    return target


def lock_path(provider: str, model: str) -> Path:
    """Kept beside the bundles and never deleted: deleting a lock others wait for is a race."""
    folder = bundle_folder(provider, model)
    name = "+".join(folder.relative_to(models_folder()).parts)
    return models_folder() / ".locks" / f"{name}.lock"


def _inside(folder: Path, path: str) -> Path:
    parts = PurePosixPath(path).parts
    if not parts or not all(_NAME.fullmatch(part) for part in path.split("/")):
        raise ModelFileError(
            f"The name {path!r} cannot be a model file's: use letters, digits and _.+@=- between "
            "single slashes, and start no part with a dot."
        )
    return folder.joinpath(*parts)
