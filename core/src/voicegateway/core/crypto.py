"""Encryption of managed secrets: Fernet (AES-128-CBC with an HMAC) under the key in
`VOICEGW_SECRET`, or else in the key file.

`VOICEGW_SECRET` is a Fernet key (44 characters of URL-safe base64), or a passphrase of at least 12
characters, from which scrypt derives the key with a salt that is stored beside the secrets.
`VOICEGW_SECRET_FALLBACK` has earlier ones, separated by commas, which are only read with.
`cryptography` is imported when there is something to encrypt or decrypt.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from voicegateway.core.key_file import key_file, make_keys, read_keys
from voicegateway.errors import SecretError

__all__ = ["Keyring", "Salt", "new_key", "open_keyring"]

Salt = Callable[[], bytes | None]
"""Asked for only if there is a passphrase."""

_SECRET: Final = "VOICEGW_SECRET"  # noqa: S105 - a name
_FALLBACK: Final = "VOICEGW_SECRET_FALLBACK"
_KEY_BYTES: Final = 32
_SHORTEST: Final = 12
# 32 MB and about 0.1 s: RFC 7914's parameters for interactive use, doubled.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MEMORY: Final = 2**26


class Keyring:
    """The key to encrypt with and all to decrypt with. Shows none of them."""

    __slots__ = ("_all", "_first", "_hint")

    def __init__(self, keys: Sequence[str], hint: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # 60 ms

        try:
            fernets = [Fernet(key) for key in keys]
        except ValueError:
            raise SecretError(f"A key is no Fernet key: {hint}.") from None
        self._first, self._all = fernets[0], MultiFernet(fernets)
        self._hint = hint

    def __repr__(self) -> str:
        return "Keyring(...)"

    def encrypt(self, text: str) -> str:
        return self._first.encrypt(text.encode()).decode("ascii")

    def decrypt(self, token: str, what: str) -> str:
        """Raises `SecretError`, which calls the secret `what`."""
        from cryptography.fernet import InvalidToken

        try:
            return self._all.decrypt(token).decode()
        except (InvalidToken, UnicodeDecodeError):
            raise SecretError(f"The key of {what} cannot be decrypted: {self._hint}.") from None

    def is_current(self, token: str) -> bool:
        """Whether it was encrypted with the first key."""
        from cryptography.fernet import InvalidToken

        try:
            self._first.decrypt(token)
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """A random Fernet key."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode("ascii")


def open_keyring(salt: Salt, *, create: bool = False, path: Path | None = None) -> Keyring:
    """The keys that are configured. `create` makes a key file if there is neither a secret nor a
    file. Raises `SecretError` with what to set."""
    place = path or key_file()
    secret = _derived(_SECRET, os.environ.get(_SECRET, ""), salt)
    kept = read_keys(place)
    if secret is None and not kept and create:
        kept = make_keys(place, new_key())
    earlier = os.environ.get(_FALLBACK, "").split(",")
    stated = [secret, *kept, *(_derived(_FALLBACK, one.strip(), salt) for one in earlier)]
    keys = [key for key in stated if key is not None]
    if not keys:
        raise SecretError(
            f"There are managed keys and nothing to decrypt them with: set {_SECRET} to what they "
            f"were encrypted with, or restore the key file {place}."
        )
    return Keyring(keys, _hint(place))


def _hint(place: Path) -> str:
    if os.environ.get(_SECRET):
        return f"set {_SECRET} to what it was encrypted with, or name that in {_FALLBACK}"
    return f"restore the key file {place}, or set {_SECRET} to what it was encrypted with"


def _derived(variable: str, secret: str, salt: Salt) -> str | None:
    """None if there is no such secret, or nothing can be encrypted with it: it is a passphrase and
    its salt was never made."""
    if not secret or _is_key(secret):
        return secret or None
    if len(secret) < _SHORTEST:
        raise SecretError(
            f"{variable} is too short: it takes a Fernet key or a passphrase of at least "
            f"{_SHORTEST} characters."
        )
    if "," in secret:
        raise SecretError(
            f"{variable} has a comma, which separates several in {_FALLBACK}: use another secret."
        )
    grain = salt()
    return None if grain is None else _key_of(secret, grain)


def _is_key(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret, altchars=b"-_", validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


@functools.lru_cache(maxsize=16)
def _key_of(passphrase: str, salt: bytes) -> str:
    raw = hashlib.scrypt(
        os.fsencode(passphrase),  # a variable may hold bytes that are no text
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_PARALLEL,
        maxmem=_MEMORY,
        dklen=_KEY_BYTES,
    )
    return base64.urlsafe_b64encode(raw).decode("ascii")
