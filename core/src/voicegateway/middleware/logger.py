"""One structured line an attempt, on the logger `voicegateway.requests`: no key, nothing spoken."""

from __future__ import annotations

import json
import logging

from voicegateway.storage.models import AttemptClosed

__all__ = ["log_request"]

logger = logging.getLogger("voicegateway.requests")


def log_request(record: AttemptClosed) -> None:
    """In the ledger's thread, when an attempt has ended. The line is JSON, with the same names as
    `voicegw logs --json`; they are on the record as `request` too, for formatters."""
    if not logger.isEnabledFor(logging.INFO):
        return
    facts = _facts(record)
    logger.info(json.dumps(facts, ensure_ascii=True), extra={"request": facts})


def _facts(record: AttemptClosed) -> dict[str, object]:
    attempt, amount = record.attempt, record.quote.amount_usd
    return {
        "id": attempt.id,
        "call_id": attempt.call_id,
        "attempt": attempt.attempt,
        "speech_id": record.speech_id,
        "project": attempt.project,
        "session_id": attempt.session_id,
        "modality": attempt.modality.value,
        "provider": attempt.provider,
        "model": attempt.model,
        "outcome": record.outcome,
        "units": {unit.value: str(quantity) for unit, quantity in record.units.items()},
        "unit_basis": record.basis,
        "verdict": record.verdict,
        "cost_usd": None if amount is None else f"{amount:f}",
        "price_source": record.quote.source or None,
        "ttfb_ms": record.ttfb_ms,
        "duration_ms": record.duration_ms,
        "fallback_from": attempt.fallback_from,
        "error": record.error,
    }
