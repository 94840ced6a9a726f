"""`/metrics`: the ledger's sums for Prometheus."""

from __future__ import annotations

from voicegateway.server.metrics.routes import router

__all__ = ["router"]
