"""The rates that requests are priced with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from voicegateway.core.gateway import Gateway, disabled_plugins
from voicegateway.core.inspection import Task, ask, claims_of
from voicegateway.core.registry import PluginStatus
from voicegateway.core.schema import OverrideEntry
from voicegateway.operations.documents.prices import PriceFailure, Prices, Rate
from voicegateway.operations.source import Source

__all__ = ["PriceReads"]

_SECONDS: Final = 10.0
_KEPT_SECONDS: Final = 300.0
_OPERATOR: Final = "operator"

_Listed = tuple[list[dict[str, Any]], dict[str, str]]


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
        rows = [
            *(row for entry in self._overrides() for row in _own_rates(entry)),
            *({**row, "age_days": _age(row["checked_on"], today)} for row in rates),
        ]
        return Prices(
            rates=[Rate.model_validate(row) for row in rows if _matches(row, provider, model)],
            failed=[
                PriceFailure(provider=name, error=error)
                for name, error in failed.items()
                if provider in (None, name)
            ],
        )

    def _overrides(self) -> Iterator[OverrideEntry]:
        """As the meter asks them: of several that match the last one counts, so it comes first."""
        return reversed(self.gateway.config.pricing.overrides)

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
        rates: list[dict[str, Any]] = []
        failed = {one.provider: one.error for one in records if one.error is not None}
        for answer in ask(Task.RATES, claims_of(usable), _SECONDS, disabled):
            name = answer.claim.provider
            rates += [{"provider": name, **value, "override": False} for value in answer.values]
            if answer.trouble is not None:
                failed[name] = answer.trouble.what
        return rates, failed


def _own_rates(entry: OverrideEntry) -> Iterator[dict[str, Any]]:
    for unit, rate in entry.all_rates().items():
        yield {
            "provider": entry.match.provider,
            "model": entry.match.model,
            "modality": None,
            "unit": unit,
            "rate_usd": f"{rate.usd:f}",
            "per": f"{rate.per:f}",
            "mode": entry.match.mode,
            "plan": entry.plan,
            "rule": "",
            "source": f"{_OPERATOR}: {entry.note}" if entry.note else _OPERATOR,
            "source_url": "",
            "checked_on": None,
            "age_days": None,
            "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
            "valid_to": None,
            "disputed": "",
            "override": True,
        }


def _age(checked_on: str | None, today: date) -> int | None:
    return None if checked_on is None else (today - date.fromisoformat(checked_on)).days


def _matches(row: dict[str, Any], provider: str | None, model: str | None) -> bool:
    if provider is not None and not fnmatchcase(provider, row["provider"]):
        return False
    if model is None:
        return True
    names = [one.strip() for one in row["model"].split(",")]
    names += [f"{row['provider']}/{one}" for one in names]
    return any(fnmatchcase(model, one) or fnmatchcase(one, model) for one in names)
