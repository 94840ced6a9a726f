"""Where the spool of a ledger is, and whose folder in it is whose.

    <state>/voicegateway/spool/<digest of the ledger's name>/<pid>-<random>/00000001.spool

Each process has a folder of its own and holds the file `lock` in it for as long as it lives. A
folder whose lock can be had belonged to a process that is gone. Everything is readable by its
owner alone.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voicegateway.errors import LedgerError
from voicegateway.storage.spool.locks import HeldFile, held, is_held

__all__ = ["OwnedFolder", "SpoolFolder", "spool_folder", "spool_limit"]

_LIMIT_MB: Final = 256
_GUARD: Final = "guard"
_LOCK: Final = "lock"


def spool_folder(name: str) -> SpoolFolder:
    """The spool of the ledger that is called so: in `VOICEGW_SPOOL_DIR`, else in the user's
    folder for state. Touches nothing."""
    chosen = os.environ.get("VOICEGW_SPOOL_DIR")
    if chosen:
        root = Path(chosen).expanduser()
    else:
        state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        root = Path(os.path.expanduser(state)) / "voicegateway" / "spool"  # noqa: PTH111 - never raises
    return SpoolFolder(root / hashlib.sha256(name.encode()).hexdigest()[:16], name)


def spool_limit() -> int:
    """Bytes that the processes of this machine together keep for one ledger: `VOICEGW_SPOOL_MB`
    megabytes, 256 if it is not set. Raises `LedgerError` for what is no positive number."""
    text = os.environ.get("VOICEGW_SPOOL_MB") or str(_LIMIT_MB)
    try:
        limit = int(float(text) * 1_000_000)
    except (ValueError, OverflowError):
        limit = 0
    if limit <= 0:
        raise LedgerError(f"VOICEGW_SPOOL_MB is {text!r} and must be a number of megabytes.")
    return limit


@dataclass(frozen=True, slots=True)
class OwnedFolder:
    """The folder of one process, and the lock that makes it ours."""

    path: Path
    lock: HeldFile


@dataclass(frozen=True, slots=True)
class SpoolFolder:
    """The folder of one ledger on this machine."""

    path: Path
    name: str
    """The ledger's, without a password."""

    def claim(self) -> OwnedFolder:
        """A new folder of our own. Raises `OSError` if it cannot be made."""
        _make(self.path)
        with held(self.path / _GUARD):
            note = self.path / "ledger"
            if not note.exists():
                note.touch(mode=0o600)
                note.write_text(f"{self.name}\n", encoding="utf-8", errors="replace")
            folder = self.path / f"{os.getpid()}-{secrets.token_hex(4)}"
            folder.mkdir(mode=0o700)
            return OwnedFolder(folder, HeldFile(folder / _LOCK))

    def orphan(self, refused: Container[Path] = ()) -> OwnedFolder | None:
        """The folder of a process that is gone, ours from now on; None if there is none. Raises
        `OSError` if the spool cannot be read."""
        if not any(self._folders()):
            return None
        with held(self.path / _GUARD):  # else a folder just made is not yet locked
            for folder in self._folders():
                if folder in refused:
                    continue
                try:
                    return OwnedFolder(folder, HeldFile(folder / _LOCK))
                except OSError:
                    continue  # its owner lives
        return None

    def remove(self, owned: OwnedFolder) -> None:
        """With all that is in it. Raises `OSError` if that is not allowed."""
        with held(self.path / _GUARD):
            owned.lock.release()  # nobody can take it: that needs the guard
            shutil.rmtree(owned.path)

    def size(self) -> int:
        """Bytes that all processes keep here."""
        total = 0
        for folder in self._folders():
            for file in folder.glob("*.spool"):
                try:
                    total += file.stat().st_size
                except OSError:
                    continue  # its owner was done with it
        return total

    def orphaned(self) -> int:
        """Bytes that processes left which are gone. Takes nothing over."""
        total = 0
        for folder in self._folders():
            files = [file for file in folder.glob("*.spool") if file.stat().st_size]
            if files and not is_held(folder / _LOCK):
                total += sum(file.stat().st_size for file in files)
        return total

    def _folders(self) -> Iterator[Path]:
        try:
            found = sorted(self.path.iterdir())
        except FileNotFoundError:
            return
        yield from (entry for entry in found if entry.is_dir())


def _make(path: Path) -> None:
    """With what is missing above it, each readable by its owner alone."""
    if path.is_dir():
        return
    _make(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
