"""Write a model file out of pieces, and see that it is the pinned one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.types import ModelFile

__all__ = ["write_whole"]


def write_whole(pieces: Iterable[bytes], file: ModelFile, destination: Path) -> None:
    """Write the pieces to `destination`, which is then `file`. Raises `SourceFailedError` if the
    whole has another size or sha256."""
    digest, size = hashlib.sha256(), 0
    with destination.open("wb") as out:
        for piece in pieces:
            size += len(piece)
            if size > file.size:  # also what stops a decompression bomb
                raise SourceFailedError(f"{file.path} in it is too long")
            digest.update(piece)
            out.write(piece)
    if size != file.size:
        raise SourceFailedError(f"{file.path} in it has {size} bytes, not {file.size}")
    if digest.hexdigest() != file.sha256:
        raise SourceFailedError(f"{file.path} in it is not the pinned file: its sha256 differs")
