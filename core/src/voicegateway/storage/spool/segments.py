"""One file of a spool: frames appended at its end, the first of which says what format it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from voicegateway.storage.spool.frames import framed, read_frame

__all__ = [
    "FRESH",
    "NewerSpoolError",
    "SegmentFile",
    "frames_from",
    "numbered_files",
    "segment_path",
]

_FORMAT: Final = b"voicegw spool 1"
_KIND: Final = b"voicegw spool "
FRESH: Final = len(framed(_FORMAT))
"""Where the first records of a segment begin."""


class NewerSpoolError(Exception):
    """Written by a version of the program that knows more than this one."""


class SegmentFile:
    """A segment that is being written. With `power`, what was appended survives a power cut.
    Raises `OSError` if it cannot be made."""

    def __init__(self, folder: Path, number: int, *, power: bool) -> None:
        self.number = number
        self.path = segment_path(folder, number)
        self.size = 0
        self._power = power
        self._file: int | None = os.open(
            self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600
        )
        try:
            self.append(_FORMAT)
            if power and os.name == "posix":
                _sync_folder(folder)
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        return self._file is None

    def append(self, payload: bytes) -> None:
        """Durable when it returns, as the ledger's durability wants it. Raises `OSError` if not:
        the file then ends where it did before, or is closed if not even that could be done."""
        assert self._file is not None
        data = memoryview(framed(payload))
        length = len(data)
        try:
            while data:
                data = data[os.write(self._file, data) :]
            if self._power:
                os.fsync(self._file)
        except BaseException:
            self._take_back()
            raise
        self.size += length

    def _take_back(self) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, self.size)
            os.lseek(self._file, self.size, os.SEEK_SET)
        except OSError:
            self.close()  # whoever reads it stops at the first frame that is not whole

    def close(self) -> None:
        """Idempotent."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def frames_from(path: Path, offset: int) -> Iterator[tuple[bytes, int]]:
    """The payloads from `offset` on, each with where the next begins; ends before the first that
    is not whole. Raises `NewerSpoolError`, or `OSError` if the file cannot be read."""
    with path.open("rb") as file:
        kind = read_frame(file)
        if kind is None:
            return  # its process died before anything was in it
        if kind != _FORMAT:
            if kind.startswith(_KIND):
                raise NewerSpoolError(str(path))
            return
        file.seek(offset)
        yield from _frames(file)


def numbered_files(folder: Path) -> list[tuple[int, Path]]:
    """The segments in a folder, in order."""
    found = [(path.stem, path) for path in folder.glob("*.spool")]
    return sorted((int(stem), path) for stem, path in found if stem.isdecimal())


def _frames(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    while (payload := read_frame(file)) is not None:
        yield payload, file.tell()


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}.spool"


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
