"""The sha256 of a file, which is what makes a file the one that was pinned."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a whole file: about 0.1 s for 100 MB."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
