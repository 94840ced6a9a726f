"""What a call costs at Deepgram's rates, from the dated `prices.toml` beside this file."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from voicegateway.types import Modality, PriceQuote, PriceTerms, Unit, Usage
from voicegw_deepgram.terms import LANGUAGE_TIERS

if TYPE_CHECKING:
    from voicegateway.pricing.catalog import Catalog

__all__ = ["catalog", "quote"]

_NOT_SENT_AT_ONCE: Final = {"diarize"}
"""LiveKit asks for it on streams alone."""

_FLUX_VOICES: Final = PriceQuote(
    None,
    unpriced=(Unit.CHARACTERS,),
    confidence="unknown",
    source="no published rate of Flux voices was found",
    source_url="https://developers.deepgram.com/docs/flux-tts/overview",
    as_of=date(2026, 11, 22),
)
_NOTHING_SAID: Final = PriceQuote(Decimal(0), source="no character was sent")


def catalog() -> Catalog:
    """Read on first use."""
    from voicegateway.pricing.catalog import packaged_catalog

    return packaged_catalog("voicegw_deepgram")


def quote(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    """None for a model without a known rate."""
    if modality is Modality.TTS and model.startswith("flux"):
        return _FLUX_VOICES if usage.units.get(Unit.CHARACTERS) else _NOTHING_SAID
    addons = terms.addons - _NOT_SENT_AT_ONCE if terms.mode == "batch" else terms.addons
    tier = None if terms.service_tier in LANGUAGE_TIERS else terms.service_tier
    asked = dataclasses.replace(terms, addons=addons, service_tier=tier)
    return catalog().quote(_listed_model(model, terms), modality, usage, asked)


def _listed_model(model: str, terms: PriceTerms) -> str:
    """As the price page names it: see `LANGUAGE_TIERS`."""
    several = terms.service_tier == LANGUAGE_TIERS[1]
    return "nova-3-multilingual" if several and model in {"nova-3", "nova-3-general"} else model
