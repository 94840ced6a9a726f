"""Single requests and sessions."""

from __future__ import annotations

from voicegateway.errors import ResourceNotFoundError
from voicegateway.operations.documents.logs import Explanation, LogPage
from voicegateway.operations.documents.sessions import Receipt, SessionPage
from voicegateway.operations.source import Source
from voicegateway.operations.window import Window
from voicegateway.reconcile import explain
from voicegateway.storage import queries
from voicegateway.storage.models import LedgerOutcome
from voicegateway.types import Modality

__all__ = ["LogReads"]


class LogReads(Source):
    """Raise `LedgerError`, `LedgerRequestError` for a cursor that is none, and
    `ResourceNotFoundError`."""

    def logs(
        self,
        *,
        project: str | None = None,
        modality: Modality | None = None,
        provider: str | None = None,
        model: str | None = None,
        outcome: LedgerOutcome | None = None,
        session: str | None = None,
        window: Window | None = None,
        unpriced: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> LogPage:
        """Newest first, those still running included; of all times without a `window`. `model` is
        `provider/model` or the model alone."""
        with self.reading() as reader:
            self.require_project(reader, project)
            page = queries.logs(
                reader,
                project=project,
                modality=modality,
                provider=provider,
                model=model,
                outcome=outcome,
                session=session,
                period=None if window is None else self.period(window),
                unpriced=unpriced,
                cursor=cursor,
                limit=limit,
            )
        return LogPage.model_validate({"rows": page.to_json(), "next_cursor": page.next_cursor})

    def sessions(
        self,
        *,
        project: str | None = None,
        search: str | None = None,
        running: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> SessionPage:
        """Those that the ledger met last come first. `search` is a part of the id."""
        with self.reading() as reader:
            self.require_project(reader, project)
            page = queries.sessions(
                reader,
                project=project,
                search=search,
                running=running,
                cursor=cursor,
                limit=limit,
            )
        return SessionPage.model_validate({"rows": page.to_json(), "next_cursor": page.next_cursor})

    def session(self, session_id: str) -> Receipt:
        """What one call consumed and cost, turn by turn."""
        with self.reading() as reader:
            receipt = queries.session_receipt(reader, session_id)
        if receipt is None:
            raise ResourceNotFoundError(
                "There is no session of this id: the list of sessions has the ids that there are.",
                kind="session",
            )
        return Receipt.model_validate(receipt.to_json())

    def explain(self, row_id: str) -> Explanation:
        """A row's price, derived once more from its stored quote."""
        with self.reading() as reader:
            if queries.attempt_by_id(reader, row_id) is None:
                raise ResourceNotFoundError(
                    "There is no request of this id: the log has the ids that there are; those "
                    "older than cost_tracking.retention_days are no longer kept.",
                    kind="request",
                )
            (found,) = explain(reader, row_id)
        return Explanation.model_validate(found.to_json())
