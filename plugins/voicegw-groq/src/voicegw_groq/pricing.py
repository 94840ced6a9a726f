"""What a call costs: Whisper and Orpheus from `prices.toml`, tokens from genai-prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from voicegateway.pricing import llm_prices
from voicegateway.pricing.catalog import packaged_catalog
from voicegateway.types import ListedRate, Modality, PriceQuote, PriceTerms, Usage
from voicegw_groq.models import LLM_MODELS

__all__ = ["price", "rates"]

_LIBRARY: Final = "groq"
_SAME_PRICE: Final = {None, "", "auto", "default", "on_demand", "flex"}
"""Source: https://console.groq.com/docs/flex-processing"""


def price(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    """None for a model that nobody lists. The tier `performance` is capacity that was paid for
    in advance: what its tokens cost is not public, and the quote is unknown."""
    if terms.service_tier in _SAME_PRICE:
        terms = dataclasses.replace(terms, service_tier=None)
    if modality is not Modality.LLM:
        return packaged_catalog("voicegw_groq").quote(model, modality, usage, terms)
    if terms.service_tier is None:
        return llm_prices.quote_tokens(_LIBRARY, model, usage, terms)
    return PriceQuote(
        None,
        unpriced=tuple(unit for unit, count in usage.units.items() if count),
        confidence="unknown",
        source=f"no public rate of {model} for service tier {terms.service_tier}",
        source_url="https://console.groq.com/docs/performance-tier",
    )


def rates() -> Iterator[ListedRate]:
    """Ours, and those in force today of the language models we name."""
    yield from packaged_catalog("voicegw_groq").listed()
    yield from llm_prices.listed_rates(_LIBRARY, LLM_MODELS, datetime.now(UTC))
