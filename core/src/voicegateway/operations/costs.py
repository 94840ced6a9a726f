"""What was spent, in sums and over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from voicegateway.operations.documents.costs import By, Costs, CostSeries, SeriesBy, Step
from voicegateway.operations.source import Source
from voicegateway.operations.window import Window
from voicegateway.storage import queries
from voicegateway.storage.reads import series
from voicegateway.storage.reads.texts import time_text
from voicegateway.types import Modality

__all__ = ["CostReads"]

_SESSIONS: Final = 100


class CostReads(Source):
    """Raise `LedgerError`, and `ResourceNotFoundError` for an unknown project."""

    def costs(
        self,
        window: Window,
        *,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        modality: Modality | None = None,
        by: Sequence[By] = get_args(By),
        sessions: int = _SESSIONS,
    ) -> Costs:
        """The sums of a period; lists that `by` leaves out are empty, which takes less time where
        sessions are left out. At most so many `sessions`, and none of one provider, model or
        modality."""
        period = self.period(window)
        most = sessions if "session" in by else 0
        with self.reading() as reader:
            self.require_project(reader, project)
            found = queries.costs(
                reader,
                period,
                project=project,
                provider=provider,
                model=model,
                modality=modality,
                sessions=most,
            ).to_json()
        left_out: dict[str, list[object]] = {
            f"by_{name}": [] for name in get_args(By) if name not in by
        }
        return Costs.model_validate({**found, **left_out})

    def cost_series(
        self,
        window: Window,
        *,
        step: Step = "day",
        by: SeriesBy = "model",
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        modality: Modality | None = None,
    ) -> CostSeries:
        """Points by time and by what `by` names, from whole days or quarter-hours."""
        period = self.period(window)
        with self.reading() as reader:
            self.require_project(reader, project)
            found = series.cost_series(
                reader,
                period,
                step=step,
                by=by,
                project=project,
                provider=provider,
                model=model,
                modality=modality,
            )
        points = [
            {**queries.CostRow(one.key, one.sum).to_json(), "at": time_text(one.at_us)}
            for one in found.points
        ]
        return CostSeries.model_validate(
            {"period": found.period.to_json(), "step": step, "by": by, "points": points}
        )
