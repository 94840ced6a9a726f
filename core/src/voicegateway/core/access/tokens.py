"""What a key looks like: `vgw_<id>_<secret>`, the secret being 256 random bits."""

from __future__ import annotations

import re
import secrets
from typing import Final

__all__ = ["LONGEST", "is_strong", "key_id_of", "new_key_id", "new_token"]

LONGEST: Final = 512
"""Characters. What is longer is no key."""
_STRONG: Final = 32
_FORM: Final = re.compile(r"vgw_([0-9a-f]{12})_[0-9a-f]{64}")


def new_key_id() -> str:
    return secrets.token_hex(6)


def new_token(key_id: str) -> str:
    return f"vgw_{key_id}_{secrets.token_hex(32)}"


def key_id_of(token: str) -> str | None:
    """None for what was not made by `new_token`."""
    match = _FORM.fullmatch(token)
    return match[1] if match else None


def is_strong(token: str) -> bool:
    """Whether nobody can guess it, however often they try."""
    return len(token) >= _STRONG
