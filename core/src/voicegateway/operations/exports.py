"""The ledger as a file, and beside a vendor's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

from voicegateway.operations.documents.reconciliations import Reconciliation
from voicegateway.operations.providers import ProviderReads
from voicegateway.operations.window import Window
from voicegateway.reconcile.columns import csv_chunks, json_chunks
from voicegateway.reconcile.comparison import THRESHOLD, reconcile
from voicegateway.storage.reads.exports import export_rows
from voicegateway.types import Modality

__all__ = ["Exports"]


class Exports(ProviderReads):
    """Raise `LedgerError`."""

    def export_costs(
        self,
        window: Window,
        *,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        modality: Modality | None = None,
        form: Literal["csv", "json"] = "csv",
    ) -> Iterator[bytes]:
        """One line a request, oldest first, in pieces that are made as they are asked for. What is
        wrong with the question is raised here, and not by the first piece."""
        period = self.period(window)
        with self.reading() as reader:
            self.require_project(reader, project)
        chunks = csv_chunks if form == "csv" else json_chunks

        def pieces() -> Iterator[bytes]:
            with self.open_reader() as reader:  # others need not wait for a slow client
                rows = export_rows(
                    reader,
                    period,
                    project=project,
                    provider=provider,
                    model=model,
                    modality=modality,
                )
                yield from chunks(rows)

        return pieces()

    def reconcile(
        self,
        provider_id: str,
        window: Window,
        files: Sequence[Path],
        *,
        threshold: Decimal = THRESHOLD,
        force: bool = False,
    ) -> Reconciliation:
        """The ledger beside a vendor's own export of the same window. Raises `ReconcileError` for
        what cannot be compared, `PluginError`, `ResourceNotFoundError`."""
        self.provider(provider_id)
        plugin = self.gateway.registry.get(provider_id)
        period = self.period(window)
        with self.open_reader() as reader:
            found = reconcile(reader, plugin, period, files, threshold=threshold, force=force)
        return Reconciliation.model_validate({**found.to_json(), "notes": found.notes})
