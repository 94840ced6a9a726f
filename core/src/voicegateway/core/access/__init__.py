"""Who may use the server: API keys, their scopes, and who has signed in.

access = open_access(config)
identity = access.verify(token, client="203.0.113.7")
"""

from __future__ import annotations

from voicegateway.core.access.authenticator import Authenticator
from voicegateway.core.access.opening import key_store, open_access
from voicegateway.core.access.scopes import EVERYTHING, Identity, Scope

__all__ = ["EVERYTHING", "Authenticator", "Identity", "Scope", "key_store", "open_access"]
