"""The calls of a period together."""

from __future__ import annotations

from voicegateway.operations.documents.sessions import SessionTotals
from voicegateway.operations.source import Source
from voicegateway.operations.window import Window
from voicegateway.storage import queries
from voicegateway.storage.reads.texts import usd_text

__all__ = ["TotalReads"]


class TotalReads(Source):
    """Raise `LedgerError`, and `ResourceNotFoundError` for an unknown project."""

    def session_totals(self, window: Window, *, project: str | None = None) -> SessionTotals:
        """How many calls a period had, how long they took and what a minute of them cost."""
        period = self.period(window)
        with self.reading() as reader:
            self.require_project(reader, project)
            found = queries.talk(reader, period, project=project)
        return SessionTotals.model_validate(
            {
                "period": period.to_json(),
                "sessions": found.sessions,
                "open_sessions": found.open,
                "duration_seconds": found.length_us / 1_000_000,
                "cost_usd": usd_text(found.cost_nano),
                "cost_per_minute_usd": usd_text(found.cost_per_minute_nano),
            }
        )
