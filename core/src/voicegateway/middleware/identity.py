"""Who an attempt is, for the ledger: its call, its number, and whom it belongs to."""

from __future__ import annotations

import time

from voicegateway.middleware.call import AttemptState, Call
from voicegateway.storage.models import Attempt

__all__ = ["identity", "upcoming"]


def identity(call: Call, attempt: AttemptState) -> Attempt:
    return _attempt(call, attempt.number, attempt.started_us)


def upcoming(call: Call, number: int) -> Attempt:
    """An attempt that is about to begin."""
    return _attempt(call, number, time.time_ns() // 1000)


def _attempt(call: Call, number: int, started_us: int) -> Attempt:
    return Attempt(
        call_id=call.id,
        attempt=number,
        started_us=started_us,
        project=call.scope.project,
        session_id=call.scope.session_id,
        provider=call.leg.provider,
        model=call.leg.model,
        modality=call.leg.modality,
        fallback_from=call.fallback_from,
    )
