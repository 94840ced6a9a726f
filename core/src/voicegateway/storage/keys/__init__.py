"""API keys in the ledger's database."""

from __future__ import annotations

from voicegateway.storage.keys.rows import KeyRow
from voicegateway.storage.keys.store import KeyStore

__all__ = ["KeyRow", "KeyStore"]
