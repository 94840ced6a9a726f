"""Warns of calls that were slow to answer."""

from __future__ import annotations

import logging

from voicegateway.storage.models import AttemptClosed

__all__ = ["LatencyMonitor"]

logger = logging.getLogger("voicegateway.latency")


class LatencyMonitor:
    """Told of every attempt that has ended, in the ledger's thread."""

    def __init__(self, ttfb_warning_ms: float) -> None:
        self._slow = ttfb_warning_ms

    def __call__(self, record: AttemptClosed) -> None:
        attempt, ttfb = record.attempt, record.ttfb_ms
        if ttfb is None or ttfb <= self._slow:
            return
        logger.warning(
            "%s/%s took %.0f ms to its first output, more than latency.ttfb_warning_ms of %g "
            "(%s, attempt %s of project %s)",
            attempt.provider,
            attempt.model,
            ttfb,
            self._slow,
            attempt.modality,
            attempt.id,
            attempt.project,
        )
