"""Whether a bundle's files are here and whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles.folders import bundle_folder, file_path
from voicegateway.modelfiles.hashing import sha256_of
from voicegateway.types import ModelBundle, ModelFile

__all__ = ["PARTS", "BundleStatus", "FileStatus", "State", "require", "status", "verify"]

PARTS = ".fetch"
"""Within a bundle's folder: what an unfinished fetch left, to go on from."""


class State(StrEnum):
    PRESENT = "present"
    PARTIAL = "partial"
    """Some files are here, or a fetch was broken off. Of a bundle only."""
    MISSING = "missing"
    DAMAGED = "damaged"
    """A file has the wrong size or, where that was checked, the wrong sha256."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    path: str
    state: State
    size: int
    """Bytes on disk; 0 if missing."""
    expected: int
    """Bytes it ought to have."""


@dataclass(frozen=True, slots=True)
class BundleStatus:
    provider: str
    model: str
    folder: Path
    state: State
    files: tuple[FileStatus, ...]
    verified: bool = False
    """Hashes were checked, not presence and size alone."""

    @property
    def size(self) -> int:
        """Bytes of the bundle's files on disk."""
        return sum(file.size for file in self.files)

    @property
    def expected(self) -> int:
        """Bytes of the whole bundle."""
        return sum(file.expected for file in self.files)


def status(provider: str, bundle: ModelBundle) -> BundleStatus:
    """Presence and size of every file. Reads no contents, so that start-up stays fast."""
    return _inspect(provider, bundle, verified=False)


def verify(provider: str, bundle: ModelBundle) -> BundleStatus:
    """As `status`, and with every file's sha256: reads them all."""
    return _inspect(provider, bundle, verified=True)


def require(provider: str, bundle: ModelBundle) -> Path:
    """The folder of a model whose files are here. Raises `ModelFileError` if one is not, or has
    the wrong size, with the command that mends it."""
    found = status(provider, bundle)
    if found.state is State.PRESENT:
        return found.folder
    what = {
        State.DAMAGED: "has damaged files",
        State.PARTIAL: "is not here in full",
        State.MISSING: "is not on this machine",
    }[found.state]
    raise ModelFileError(
        f"The model {provider}/{bundle.model} {what} ({_amiss(found.files)}): run `voicegw models "
        f"fetch {provider}/{bundle.model}`."
    )


def intact(folder: Path, file: ModelFile) -> bool:
    """The file is here and is the pinned one."""
    return _inspect_file(folder, file, verified=True).state is State.PRESENT


def _inspect(provider: str, bundle: ModelBundle, *, verified: bool) -> BundleStatus:
    folder = bundle_folder(provider, bundle.model)
    files = tuple(_inspect_file(folder, file, verified=verified) for file in bundle.files)
    state = _overall({file.state for file in files}, begun=(folder / PARTS).is_dir())
    return BundleStatus(provider, bundle.model, folder, state, files, verified)


def _inspect_file(folder: Path, file: ModelFile, *, verified: bool) -> FileStatus:
    path = file_path(folder, file.path)
    if not path.is_file():
        return FileStatus(file.path, State.MISSING, 0, file.size)
    size = path.stat().st_size
    whole = size == file.size and (not verified or sha256_of(path) == file.sha256)
    return FileStatus(file.path, State.PRESENT if whole else State.DAMAGED, size, file.size)


def _overall(states: set[State], *, begun: bool) -> State:
    if State.DAMAGED in states:
        return State.DAMAGED
    if states <= {State.PRESENT}:
        return State.PRESENT
    if State.PRESENT in states or begun:
        return State.PARTIAL
    return State.MISSING


def _amiss(files: Iterable[FileStatus]) -> str:
    said = [
        f"{file.path} is missing"
        if file.state is State.MISSING
        else f"{file.path} has {file.size} of {file.expected} bytes"
        for file in files
        if file.state is not State.PRESENT
    ]
    return ", ".join(said)
