"""What AssemblyAI charges."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, Final

from voicegateway.types import Modality, PriceQuote, PriceTerms, Usage

if TYPE_CHECKING:
    from voicegateway.pricing.catalog import Catalog

__all__ = ["catalog", "quote"]

_PERHAPS_BILLED: Final = frozenset({"keyterms", "speaker_labels", "voice_focus"})
"""Add-ons of which no source says whether they cost extra, with every model."""

_SPEECH: Final = PriceQuote(
    None,
    confidence="unknown",
    source="AssemblyAI's price page of 2026-10-07 has no price of text-to-speech",
    source_url="https://www.assemblyai.com/pricing",
    as_of=date(2026, 11, 22),
)


def catalog() -> Catalog:
    from voicegateway.pricing.catalog import packaged_catalog

    return packaged_catalog("voicegw_assemblyai")


def quote(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    if modality is Modality.TTS and model.startswith("assemblyai-tts"):
        return _SPEECH
    found = catalog().quote(model, modality, usage, terms)
    if found is None or found.amount_usd is not None:
        return found

    def with_addons(addons: frozenset[str]) -> PriceQuote | None:
        on = dataclasses.replace(terms, addons=addons)
        return catalog().quote(model, modality, usage, on)

    asked = terms.addons & _PERHAPS_BILLED
    unsure = frozenset(one for one in asked if not _is_priced(with_addons(frozenset({one}))))
    return _at_least(with_addons(terms.addons - unsure), unsure) if unsure else found


def _is_priced(found: PriceQuote | None) -> bool:
    return found is not None and found.amount_usd is not None


def _at_least(found: PriceQuote | None, unsure: frozenset[str]) -> PriceQuote | None:
    if found is None or found.amount_usd is None:
        return found
    names = ", ".join(sorted(unsure))
    source = f"{found.source}; no source says whether {names} costs extra"
    return dataclasses.replace(found, confidence="estimated", source=source)
