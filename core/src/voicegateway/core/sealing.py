"""From settings to what the store keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicegateway.core.crypto import open_keyring
from voicegateway.core.resources import encoded, split_settings
from voicegateway.storage.managed import Kind, ManagedStore

__all__ = ["seal"]


def seal(kind: Kind, raw: Mapping[str, Any], store: ManagedStore) -> tuple[str, str | None]:
    """The readable part as JSON, and the rest of it encrypted; None if nothing in it is secret.
    Makes a key file if no secret is set."""
    seen, hidden = split_settings(kind, raw)
    if not hidden:
        return encoded(seen), None
    keys = open_keyring(store.make_salt, create=True)
    return encoded(seen), keys.encrypt(encoded(hidden))
