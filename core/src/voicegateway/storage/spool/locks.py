"""A file that one process holds, until it lets go or dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["HeldFile", "held", "is_held"]

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int, *, wait: bool) -> None:
        msvcrt.locking(file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int, *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


class HeldFile:
    """Ours from the moment it is made. Raises `OSError` if another process holds it, or it
    cannot be made; with `wait`, waits for the other to let go."""

    def __init__(self, path: Path, *, wait: bool = False) -> None:
        self._file: int | None = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(self._file, wait=wait)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Idempotent. In a forked child it leaves the parent's hold alone: that lasts until the
        parent has closed the file too."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def is_held(path: Path) -> bool:
    """Whether a process holds it now. Tries for as long as a system call takes."""
    if not path.exists():
        return False
    try:
        HeldFile(path).release()
    except OSError:
        return True
    return False


@contextmanager
def held(path: Path) -> Iterator[None]:
    """For as long as the block runs; waits for its turn."""
    lock = HeldFile(path, wait=True)
    try:
        yield
    finally:
        lock.release()
