"""How keys are stored: scrypt (RFC 7914) with its parameters in the text, and a short sign.

    scrypt:16384:8:1:<salt>:<digest>

The sign is 32 bits of SHA-256. A key has 256 random bits, so it gives nothing away; and whoever
guesses costs the server no scrypt, whoever has the key is never kept waiting behind them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import Final

__all__ = ["hash_token", "is_hash", "matches", "sign_matches", "sign_of"]

# 16 MB and about 50 ms: RFC 7914's parameters for interactive use.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_MOST_MEMORY: Final = 2**28
_BYTES: Final = 32
_SIGN_BYTES: Final = 4


def hash_token(token: str) -> str:
    salt = os.urandom(16)
    digest = _scrypt(token, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt:{_COST}:{_BLOCK}:{_PARALLEL}:{_text(salt)}:{_text(digest)}"


def is_hash(text: str) -> bool:
    """Whether `matches` can work with it, within bounds of memory and time."""
    try:
        _parts(text)
    except ValueError:
        return False
    return True


def matches(token: str, text: str) -> bool:
    """Compares in constant time. Raises `ValueError` for a text that is no hash."""
    cost, block, parallel, salt, digest = _parts(text)
    return hmac.compare_digest(_scrypt(token, salt, cost, block, parallel), digest)


def sign_of(token: str, key_id: str) -> str:
    digest = hashlib.sha256(f"{key_id}:{token}".encode("utf-8", "replace")).digest()
    return _text(digest[:_SIGN_BYTES])


def sign_matches(token: str, key_id: str, sign: str) -> bool:
    return hmac.compare_digest(sign_of(token, key_id), sign)


def _parts(text: str) -> tuple[int, int, int, bytes, bytes]:
    name, *numbers, salt, digest = text.split(":")
    if name != "scrypt" or len(numbers) != 3:
        raise ValueError("not a scrypt hash")
    cost, block, parallel = (int(number) for number in numbers)
    usual = cost > 1 and cost & (cost - 1) == 0 and 1 <= block <= 32 and 1 <= parallel <= 4
    if not usual or 128 * cost * block > _MOST_MEMORY:
        raise ValueError("scrypt parameters out of bounds")
    found = _bytes(salt), _bytes(digest)
    if len(found[0]) < 8 or len(found[1]) != _BYTES:
        raise ValueError("a salt or digest of the wrong length")
    return cost, block, parallel, *found


def _scrypt(token: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        token.encode("utf-8", "replace"),
        salt=salt,
        n=cost,
        r=block,
        p=parallel,
        maxmem=2 * _MOST_MEMORY,
        dklen=_BYTES,
    )


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    padded = text.encode("ascii", "strict") + b"=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
