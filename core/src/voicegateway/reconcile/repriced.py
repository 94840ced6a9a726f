"""What a run of repricing did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from voicegateway.storage.queries import Period
from voicegateway.storage.reads.names import Leg
from voicegateway.storage.reads.texts import usd_text

__all__ = ["ModelChange", "Repricing"]


@dataclass(slots=True)
class ModelChange:
    """What repricing found for one model. `cost_nano` and `new_nano` sum what is known of each."""

    leg: Leg
    requests: int = 0
    changed: int = 0
    """Rows whose quote is another than the one made last: those got a new one."""
    cost_nano: int = 0
    new_nano: int = 0
    unpriced: int = 0
    newly_unpriced: int = 0
    """Without a price in the new quotes."""

    def figures(self) -> list[int]:
        """All that adds up."""
        return [getattr(self, name) for name in _FIGURES]

    def add(self, figures: Sequence[int]) -> None:
        """Those of other rows of the model."""
        for name, figure in zip(_FIGURES, figures, strict=True):
            setattr(self, name, getattr(self, name) + figure)

    def to_json(self) -> dict[str, object]:
        return {
            "provider": self.leg.provider,
            "model": self.leg.model,
            "modality": self.leg.modality.value,
            "requests": self.requests,
            "changed_requests": self.changed,
            "cost_usd": usd_text(self.cost_nano),
            "new_cost_usd": usd_text(self.new_nano),
            "difference_usd": usd_text(self.new_nano - self.cost_nano),
            "unpriced_requests": self.unpriced,
            "new_unpriced_requests": self.newly_unpriced,
        }


_FIGURES = tuple(one.name for one in fields(ModelChange) if one.name != "leg")


@dataclass(slots=True)
class Repricing:
    """What a run did."""

    period: Period
    as_of: date | None
    dry_run: bool
    batch: int | None = None
    """Its number in the ledger; None if nothing was written."""
    models: dict[int, ModelChange] = field(default_factory=dict)
    abandoned: int = 0
    """Rows that were left alone: their cost is an estimate of what a dead process spent."""
    without_terms: int = 0
    """Rows from before the terms were kept: priced as streaming, pay as you go, one channel."""
    unanswered: dict[str, int] = field(default_factory=dict)
    """Rows that were left alone, by provider: its plugin is not there, or raised an error."""

    def to_json(self) -> dict[str, object]:
        """As `voicegw reprice --json` prints it."""
        models = sorted(self.models.values(), key=lambda one: one.leg.name)
        before = sum(one.cost_nano for one in models)
        after = sum(one.new_nano for one in models)
        return {
            "period": self.period.to_json(),
            "rates_of": None if self.as_of is None else self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "batch": self.batch,
            "requests": sum(one.requests for one in models),
            "changed_requests": sum(one.changed for one in models),
            "cost_usd": usd_text(before),
            "new_cost_usd": usd_text(after),
            "difference_usd": usd_text(after - before),
            "abandoned_requests": self.abandoned,
            "requests_without_terms": self.without_terms,
            "unanswered_requests": dict(sorted(self.unanswered.items())),
            "by_model": [one.to_json() for one in models],
        }

    def figures(self) -> dict[str, Any]:
        """All that adds up, as JSON can have it."""
        return {
            "models": [[leg_id, one.figures()] for leg_id, one in self.models.items()],
            "abandoned": self.abandoned,
            "without_terms": self.without_terms,
            "unanswered": self.unanswered,
        }

    def add(self, figures: Mapping[str, Any], legs: Mapping[int, Leg]) -> None:
        """Those of other rows."""
        for leg_id, numbers in figures["models"]:
            self.models.setdefault(leg_id, ModelChange(legs[leg_id])).add(numbers)
        self.abandoned += figures["abandoned"]
        self.without_terms += figures["without_terms"]
        for provider, count in figures["unanswered"].items():
            self.unanswered[provider] = self.unanswered.get(provider, 0) + count
