"""What the ledger's figures are made of: rows explained, priced anew, and exported."""

from __future__ import annotations

from voicegateway.reconcile.explanations import Explanation, explain

__all__ = ["Explanation", "explain"]
