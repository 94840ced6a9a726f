"""Records that the writer's thread makes."""

from __future__ import annotations

import logging

from voicegateway.storage.models import DeferredRecord, LedgerRecord
from voicegateway.storage.stats import Tally

__all__ = ["made"]

_log = logging.getLogger("voicegateway.ledger")


def made(deferred: DeferredRecord, tally: Tally) -> LedgerRecord | None:
    """The record; None, and counted as lost, if it cannot be made."""
    try:
        return deferred()
    except Exception as error:  # noqa: BLE001 - one record's fault must not lose the others
        tally.last_error = f"a record could not be made: {type(error).__name__}"
        tally.lose()
        _log.warning("A record could not be made (%s) and is lost.", type(error).__name__)
        return None
