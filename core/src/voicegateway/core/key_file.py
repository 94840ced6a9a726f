"""The file that holds the keys of managed secrets where `VOICEGW_SECRET` is not set: one Fernet
key a line, the newest first. Nobody but its owner may read it."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voicegateway.core.config import user_folder
from voicegateway.errors import SecretError

__all__ = ["key_file", "make_keys", "read_keys", "replace_keys"]

_MODE: Final = 0o600
_OTHERS: Final = 0o077


def key_file() -> Path:
    """Beside the user's config."""
    return user_folder() / "voicegw.key"


def read_keys(path: Path) -> list[str]:
    """The keys, newest first; none if there is no file. Raises `SecretError` if others can read
    it, or it is somebody else's."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SecretError(f"The key file {path} cannot be read: {error.strerror}.") from None
    with os.fdopen(handle, encoding="ascii", errors="replace") as file:
        _require_private(path, os.fstat(file.fileno()))
        keys = file.read().split()
    if not keys:
        raise SecretError(
            f"The key file {path} is empty: restore it from a backup, or delete it and enter the "
            "managed keys anew."
        )
    return keys


def make_keys(path: Path, key: str) -> list[str]:
    """A new file with this key; if another process was first, the keys that it has."""
    draft = _write_draft(path, [key])
    try:
        os.link(draft, path)  # whole or not at all, and never over another
    except FileExistsError:
        return read_keys(path)
    except OSError as error:
        raise SecretError(
            f"The key file {path} cannot be made: {error.strerror}; set VOICEGW_SECRET instead."
        ) from None
    finally:
        draft.unlink()
    return [key]


def replace_keys(path: Path, keys: Sequence[str]) -> None:
    """The file with these keys instead, whole or not at all."""
    draft = _write_draft(path, keys)
    try:
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise SecretError(f"The key file {path} cannot be written: {error.strerror}.") from None


def _write_draft(path: Path, keys: Sequence[str]) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise SecretError(
            f"The key file {path} cannot be written: {error.strerror}; set VOICEGW_SECRET instead."
        ) from None
    return draft


def _require_private(path: Path, status: os.stat_result) -> None:
    if os.name != "posix":  # elsewhere the folder's permissions hold
        return
    if status.st_uid != os.geteuid():
        raise SecretError(
            f"The key file {path} belongs to another user: give it to the one that runs voicegw, "
            "or set VOICEGW_SECRET."
        )
    if stat.S_IMODE(status.st_mode) & _OTHERS:
        raise SecretError(f"The key file {path} can be read by others: chmod 600 {path}")
