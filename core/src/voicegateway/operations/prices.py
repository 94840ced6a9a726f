"""The rates that requests are priced with."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from typing import Final

from voicegateway.core.gateway import Gateway, disabled_plugins
from voicegateway.core.inspection import Task, ask, claims_of
from voicegateway.core.price_list import RateRow, matches, own_rates, plugin_rates
from voicegateway.core.registry import PluginStatus
from voicegateway.operations.documents.prices import PriceFailure, Prices, Rate
from voicegateway.operations.source import Source

__all__ = ["PriceReads"]

_SECONDS: Final = 10.0
_KEPT_SECONDS: Final = 300.0

_Listed = tuple[list[RateRow], dict[str, str]]


class PriceReads(Source):
    """Plugins are asked in a process of their own, and what they say is kept for five minutes:
    their price lists change when another version is installed."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._asking = threading.Lock()
        self._listed: tuple[float, list[str], _Listed] | None = None

    def prices(self, *, provider: str | None = None, model: str | None = None) -> Prices:
        """Your own rates first, then those of every plugin; `model` may be a shell pattern."""
        rates, failed = self._rates()
        today = datetime.now(UTC).date()
        rows = [*own_rates(self.gateway.config.pricing.overrides), *rates]
        return Prices(
            rates=[
                Rate.model_validate({**row, "age_days": _age(row["checked_on"], today)})
                for row in rows
                if matches(row, provider, model)
            ],
            failed=[
                PriceFailure(provider=name, error=error)
                for name, error in failed.items()
                if provider in (None, name)
            ],
        )

    def _rates(self) -> _Listed:
        disabled = disabled_plugins(self.gateway.config)
        with self._asking:
            kept = self._listed
            if kept is None or kept[1] != disabled or time.monotonic() - kept[0] > _KEPT_SECONDS:
                kept = (time.monotonic(), disabled, self._asked(disabled))
                self._listed = kept
            return kept[2]

    def _asked(self, disabled: list[str]) -> _Listed:
        records = self.gateway.registry.records()
        usable = [r for r in records if r.status in (PluginStatus.AVAILABLE, PluginStatus.LOADED)]
        failed = {one.provider: one.error for one in records if one.error is not None}
        answers = ask(Task.RATES, claims_of(usable), _SECONDS, disabled)
        return plugin_rates(answers, failed), failed


def _age(checked_on: str | None, today: date) -> int | None:
    return None if checked_on is None else (today - date.fromisoformat(checked_on)).days
