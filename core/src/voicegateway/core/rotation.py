"""Moves what is encrypted in the store from earlier secrets to the present one.

Each step leaves a store that can be read: the earlier keys are kept until nothing is under them
any more, so a rotation that was killed is finished by the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voicegateway.core import crypto
from voicegateway.core.crypto import Keyring, open_keyring
from voicegateway.core.key_file import key_file, read_keys, replace_keys
from voicegateway.errors import SecretError
from voicegateway.storage.managed import ManagedRow, ManagedStore

__all__ = ["Rotated", "rotate"]

_TOGETHER: Final = 20
"""How many are stored in one transaction."""
_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Rotated:
    encrypted: int
    """How many resources were under an earlier key."""
    total: int
    """How many have secrets."""


def rotate(
    store: ManagedStore,
    *,
    actor: str,
    new_key: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Rotated:
    """Encrypts anew whatever is not under the present secret. `new_key` first makes one in the key
    file, unless a rotation that was killed has made it already. `told` hears after each
    transaction how many it was. Raises `SecretError`, with nothing changed, if one cannot be
    decrypted."""
    if new_key:
        _add_key(key_file())
    if not _sealed(store):
        _drop_earlier_keys(key_file())
        return Rotated(0, 0)
    keys = open_keyring(store.make_salt)
    done = 0
    for _ in range(_ROUNDS):  # others may change some meanwhile
        done += _one_round(store, keys, actor, told)
        if not any(_is_old(row, keys) for row in _sealed(store)):
            _drop_earlier_keys(key_file())
            return Rotated(done, len(_sealed(store)))
    raise SecretError("Managed keys are changed all the time: run `voicegw rotate-secret` again.")


def _one_round(store: ManagedStore, keys: Keyring, actor: str, told: Callable[[int], None]) -> int:
    sealed = _sealed(store)
    for row in sealed:  # all of them can be read, or nothing is begun
        _text(row, keys)
    old = [row for row in sealed if _is_old(row, keys)]
    done = 0
    for start in range(0, len(old), _TOGETHER):
        part = old[start : start + _TOGETHER]
        changed = store.reseal([(row, keys.encrypt(_text(row, keys))) for row in part], actor)
        told(changed)
        done += changed
    return done


def _add_key(path: Path) -> None:
    if os.environ.get("VOICEGW_SECRET"):
        raise SecretError(
            "VOICEGW_SECRET is set, so the key file is not used: change it, name the old one in "
            "VOICEGW_SECRET_FALLBACK, and run `voicegw rotate-secret` without --new-key."
        )
    kept = read_keys(path)
    if len(kept) == 1:
        replace_keys(path, [crypto.new_key(), *kept])


def _drop_earlier_keys(path: Path) -> None:
    if os.environ.get("VOICEGW_SECRET"):
        return
    kept = read_keys(path)
    if len(kept) > 1:
        replace_keys(path, kept[:1])


def _sealed(store: ManagedStore) -> list[ManagedRow]:
    return [row for row in store.rows() if row.sealed is not None]


def _is_old(row: ManagedRow, keys: Keyring) -> bool:
    return not keys.is_current(str(row.sealed))


def _text(row: ManagedRow, keys: Keyring) -> str:
    return keys.decrypt(str(row.sealed), f"the managed {row.kind} {row.id!r}")
