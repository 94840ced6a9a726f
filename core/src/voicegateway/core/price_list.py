"""The rates that calls are priced with, as rows: the operator's own, and which rows are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from voicegateway.core.inspection import Answer
    from voicegateway.core.schema import OverrideEntry

__all__ = ["RateRow", "matches", "own_rates", "plugin_rates"]

RateRow = dict[str, Any]
"""One rate, in texts that JSON can hold."""

_OPERATOR: Final = "operator"


def own_rates(overrides: Sequence[OverrideEntry]) -> Iterator[RateRow]:
    """As the meter asks them: of several that match the last one counts, so it comes first."""
    for entry in reversed(overrides):
        for unit, rate in entry.all_rates().items():
            yield {
                "provider": entry.match.provider,
                "model": entry.match.model,
                "modality": None,
                "unit": unit.value,
                "rate_usd": f"{rate.usd:f}",
                "per": f"{rate.per:f}",
                "mode": entry.match.mode,
                "plan": entry.plan,
                "rule": "",
                "source": f"{_OPERATOR}: {entry.note}" if entry.note else _OPERATOR,
                "source_url": "",
                "checked_on": None,
                "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
                "valid_to": None,
                "disputed": "",
                "override": True,
            }


def plugin_rates(answers: Iterator[Answer], failed: dict[str, str]) -> list[RateRow]:
    """The rates that plugins named; what is wrong with the others is added to `failed`."""
    rows: list[RateRow] = []
    for answer in answers:
        name = answer.claim.provider
        rows += [{"provider": name, **value, "override": False} for value in answer.values]
        if answer.trouble is not None:
            failed[name] = answer.trouble.what
    return rows


def matches(row: RateRow, provider: str | None, model: str | None) -> bool:
    """Whether a rate is one of this provider's and this model's; either side of `model` may be a
    shell pattern, and a row may name several models."""
    if provider is not None and not fnmatchcase(provider, row["provider"]):
        return False
    if model is None:
        return True
    names = [one.strip() for one in row["model"].split(",")]
    names += [f"{row['provider']}/{one}" for one in names]
    return any(fnmatchcase(model, one) or fnmatchcase(one, model) for one in names)
