"""How fast the models were."""

from __future__ import annotations

from voicegateway.operations.documents.costs import Step
from voicegateway.operations.documents.latency import (
    Latency,
    LatencyBy,
    LatencySeries,
    Measure,
    Slowest,
)
from voicegateway.operations.source import Source
from voicegateway.operations.window import Window
from voicegateway.storage import queries
from voicegateway.storage.reads import series
from voicegateway.storage.reads.texts import time_text
from voicegateway.types import Modality

__all__ = ["LatencyReads"]


class LatencyReads(Source):
    """Raise `LedgerError`, and `ResourceNotFoundError` for an unknown project."""

    @property
    def _percent(self) -> tuple[float, ...]:
        return tuple(self.gateway.config.latency.percentiles)

    def latency(
        self, window: Window, *, project: str | None = None, modality: Modality | None = None
    ) -> Latency:
        """Percentiles of each model. Of one project they are read from its requests, which takes
        a second or two a million."""
        period = self.period(window)
        with self.reading() as reader:
            self.require_project(reader, project)
            found = queries.latency(
                reader, period, project=project, modality=modality, percent=self._percent
            )
        models = [one.to_json() for one in found]
        return Latency.model_validate({"period": period.to_json(), "models": models})

    def latency_series(
        self,
        window: Window,
        *,
        step: Step = "day",
        measure: Measure = "ttfb",
        by: LatencyBy = "model",
        provider: str | None = None,
        model: str | None = None,
        modality: Modality | None = None,
    ) -> LatencySeries:
        """Percentiles of each model or modality over time, and a heat map of all together. `model`
        is `provider/model` or the model alone."""
        period = self.period(window)
        with self.reading() as reader:
            found = series.latency_series(
                reader,
                period,
                step=step,
                measure=measure,
                by=by,
                provider=provider,
                model=model,
                modality=modality,
                percent=self._percent,
            )
        points = [
            {
                "at": time_text(one.at_us),
                "provider": one.leg.provider or None,
                "model": one.leg.model or None,
                "modality": one.leg.modality,
                "ms": one.ms.to_json(),
            }
            for one in found.points
        ]
        return LatencySeries.model_validate(
            {
                "period": found.period.to_json(),
                "step": step,
                "measure": measure,
                "by": by,
                "points": points,
                "heat": [_cell(one) for one in found.heat],
            }
        )

    def slowest(
        self,
        window: Window,
        *,
        measure: Measure = "ttfb",
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        modality: Modality | None = None,
        limit: int = 20,
    ) -> Slowest:
        """The requests that took longest and are still kept, to within 2 %. `model` is
        `provider/model` or the model alone."""
        period = self.period(window)
        with self.reading() as reader:
            self.require_project(reader, project)
            found = queries.slowest(
                reader,
                period,
                measure=measure,
                project=project,
                provider=provider,
                model=model,
                modality=modality,
                limit=limit,
            )
        rows = [one.to_json() for one in found]
        return Slowest.model_validate(
            {"period": period.to_json(), "measure": measure, "rows": rows}
        )


def _cell(cell: series.HeatCell) -> dict[str, object]:
    lower, upper = cell.limits_ms()
    return {
        "at": time_text(cell.at_us),
        "from_ms": round(lower, 3),
        "to_ms": round(upper, 3),
        "count": cell.count,
    }
