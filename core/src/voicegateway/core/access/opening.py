"""From a configuration to what checks keys by it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.fixed import fixed_keys
from voicegateway.core.access.tokens import is_strong
from voicegateway.core.config import database_target
from voicegateway.core.engines import engine_factory
from voicegateway.storage.keys import KeyStore
from voicegateway.storage.targets import engine_for

if TYPE_CHECKING:
    from voicegateway.core.schema import GatewayConfig

__all__ = ["key_store", "open_access"]

_log = logging.getLogger("voicegateway.access")


def key_store(config: GatewayConfig) -> KeyStore:
    """Where API keys are: the ledger's database."""
    target = database_target(config.cost_tracking.db_path)
    return KeyStore(engine_for(target, engine_factory=engine_factory(target)))


def open_access(config: GatewayConfig) -> Authenticator:
    """For the keys of the store, the config and the environment. Nothing is read yet."""
    fixed = fixed_keys(config.auth)
    for key in fixed:
        if key.token is not None and not is_strong(key.token):
            _log.warning(
                "the key %r (%s) is short: guesses are slowed, but one of 32 random characters "
                "or more cannot be guessed; `voicegw keys create` makes one",
                key.identity.name,
                key.identity.key,
            )
    return Authenticator(key_store(config), fixed)
