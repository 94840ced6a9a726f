"""What a plugin says of itself, as messages of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from voicegateway.core.inspection.results import Step
from voicegateway.core.registry import Registry
from voicegateway.types import ListedRate

__all__ = ["rate_json", "rates", "survey"]


def rates(registry: Registry, provider: str) -> Iterator[dict[str, Any]]:
    """A value a rate; none for a plugin that lists no rates."""
    loaded = registry.get(provider)
    yield {"step": Step.RATES}
    for rate in loaded.list_rates() or ():
        yield {"value": rate_json(rate)}


def survey(registry: Registry, provider: str) -> Iterator[dict[str, Any]]:
    """Whether it loads and can be asked: its title and key variable; then how many rates apply
    today, and when the oldest was checked."""
    loaded = registry.get(provider)
    yield {"step": Step.INFO}
    info = loaded.provider_info()
    yield {"value": {"title": info.title, "key_variable": info.key_variable, "local": info.local}}
    yield {"step": Step.RATES}
    today = datetime.now(UTC).date()
    listed = loaded.list_rates() or ()
    days = [one.checked_on for one in listed if one.valid_to is None or one.valid_to >= today]
    known = [day for day in days if day is not None]
    oldest = _day(min(known, default=None))
    yield {"value": {"rates": len(days), "undated": len(days) - len(known), "oldest": oldest}}


def rate_json(rate: ListedRate) -> dict[str, str | None]:
    """As `voicegw prices --json` prints it: amounts as they are written, days as ISO has them."""
    return {
        "model": rate.model,
        "modality": rate.modality.value,
        "unit": rate.unit.value,
        "rate_usd": f"{rate.rate_usd:f}",
        "per": f"{rate.per:f}",
        "mode": rate.mode,
        "plan": rate.plan,
        "rule": rate.rule,
        "source": rate.source,
        "source_url": rate.source_url,
        "checked_on": _day(rate.checked_on),
        "valid_from": _day(rate.valid_from),
        "valid_to": _day(rate.valid_to),
        "disputed": rate.disputed,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
