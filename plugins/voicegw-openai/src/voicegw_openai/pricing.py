"""Quotes: speech from this package's own dated catalog, tokens of language models from
genai-prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from voicegateway.pricing.amounts import ARITHMETIC, price_of, sum_of
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    Usage,
)
from voicegw_openai.address import RESIDENCY
from voicegw_openai.models import LANGUAGE_MODELS

if TYPE_CHECKING:
    from voicegateway.pricing.catalog import Catalog

__all__ = ["listed", "quote"]

_PACKAGE: Final = "voicegw_openai"
_LIBRARY_PROVIDER: Final = "openai"

_NOT_SOLD: Final = "gpt-oss"
"""Open weights, which OpenAI does not serve: the library has another vendor's rates for them."""

_SURCHARGED: Final = (
    *("gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6"),
    *("gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper"),
)
"""Released on 5 March 2026 or later, which a regional endpoint charges more for."""
_SURCHARGE_PERCENT: Final = Decimal(10)
_SURCHARGE_URL: Final = "https://developers.openai.com/api/docs/guides/data-residency"


def quote(model: str, modality: Modality, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    """None for a model that no list knows."""
    if not model.startswith(_SURCHARGED):
        terms = dataclasses.replace(terms, addons=terms.addons - {RESIDENCY})
    if modality is Modality.LLM:
        return _tokens(model, usage, terms)
    return _catalog().quote(model, modality, usage, terms)


def listed() -> Iterator[ListedRate]:
    from voicegateway.pricing.llm_prices import listed_rates  # with genai-prices: 0.8 s

    yield from _catalog().listed()
    yield from listed_rates(_LIBRARY_PROVIDER, LANGUAGE_MODELS, datetime.now(UTC))


def _catalog() -> Catalog:
    from voicegateway.pricing.catalog import packaged_catalog  # read on first use

    return packaged_catalog(_PACKAGE)


def _tokens(model: str, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    from voicegateway.pricing.llm_prices import quote_tokens  # as above

    if model.startswith(_NOT_SOLD):
        return None
    found = quote_tokens(_LIBRARY_PROVIDER, model, usage, terms)
    if found is None or not found.lines:
        return found
    unknown = terms.addons - {RESIDENCY}
    if unknown:
        return _without_amount(found, f"no rate for the add-on {', '.join(sorted(unknown))}")
    return _surcharged(found) if RESIDENCY in terms.addons else found


def _without_amount(found: PriceQuote, why: str) -> PriceQuote:
    units = (*(line.unit for line in found.lines), *found.unpriced)
    return dataclasses.replace(
        found,
        amount_usd=None,
        lines=(),
        unpriced=units,
        confidence="unknown",
        source=f"{found.source}: {why}",
    )


def _surcharged(found: PriceQuote) -> PriceQuote:
    """Never exact: which models are eligible for data residency is not in our sources."""
    extra = tuple(_surcharge(line) for line in found.lines)
    known = found.amount_usd
    total = None if known is None else sum_of((known, *(line.amount_usd for line in extra)))
    return dataclasses.replace(
        found,
        amount_usd=total,
        lines=(*found.lines, *extra),
        confidence="unknown" if total is None else "estimated",
        source=f"{found.source}; data residency: {_SURCHARGE_URL}",
    )


def _surcharge(line: PriceLine) -> PriceLine:
    rate = ARITHMETIC.multiply(line.rate_usd, _SURCHARGE_PERCENT)
    per = line.per * 100
    amount = price_of(line.billed, rate, per)
    rule = f"add-on {RESIDENCY}, {_SURCHARGE_PERCENT} % of the rate"
    return PriceLine(line.unit, line.quantity, line.billed, rate, per, amount, rule)
