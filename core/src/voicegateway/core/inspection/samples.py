"""What the hooks of a plugin are asked with when nobody calls a vendor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from voicegateway.core.provider import Provider
from voicegateway.types import (
    Modality,
    Outcome,
    PriceTerms,
    StreamReport,
    Unit,
    Usage,
)

__all__ = ["NO_MODEL", "USED", "models_of", "report", "terms"]

NO_MODEL = "voicegw-no-such-model"
_MOST = 12
"""Models of one modality that are tried."""

USED = {
    Modality.STT: {Unit.AUDIO_SECONDS: Decimal("12.5"), Unit.SESSION_SECONDS: Decimal(14)},
    Modality.LLM: {
        Unit.INPUT_TOKENS: Decimal(120),
        Unit.CACHED_INPUT_TOKENS: Decimal(64),
        Unit.OUTPUT_TOKENS: Decimal(35),
    },
    Modality.TTS: {Unit.CHARACTERS: Decimal(84), Unit.AUDIO_SECONDS: Decimal("4.2")},
}


def terms() -> PriceTerms:
    return PriceTerms(datetime.now(UTC))


def report(
    provider: str,
    model: str,
    modality: Modality,
    outcome: Outcome,
    *,
    reported: bool,
) -> StreamReport:
    """An attempt whose vendor sent no counters of its own besides what LiveKit passed on."""
    units = USED[modality]
    now = terms()
    return StreamReport(
        call_id="check",
        attempt=1,
        provider=provider,
        model=model,
        modality=modality,
        terms=now,
        outcome=outcome,
        measured=Usage(units, "measured"),
        reported=Usage(units, "reported") if reported else None,
        opened_at=now.at,
        first_output_ms=120.0 if outcome == "completed" else None,
        duration_ms=900.0,
        prompt_chars=400,
        output_chars=140,
    )


def models_of(provider: Provider, modality: Modality) -> list[str]:
    """Names to ask this modality's hooks with: those its price list names, then the others, for
    `provider_info` does not say which model is what."""
    listed = (
        one.strip()
        for rate in provider.list_rates() or ()
        if rate.modality is modality
        for one in rate.model.split(",")
    )
    names = [*listed, *provider.provider_info().models]
    return _distinct(name for name in names if name and not set(name) & set("*?["))[:_MOST]


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
