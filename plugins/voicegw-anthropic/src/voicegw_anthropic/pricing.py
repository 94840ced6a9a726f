"""What the tokens of an answer cost: our dated entries where those fit, else genai-prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from voicegateway.pricing import llm_prices
from voicegateway.pricing.catalog import packaged_catalog
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    PriceTerms,
    Unit,
    Usage,
)
from voicegw_anthropic.models import MODELS

__all__ = ["price", "rates"]

_LIBRARY: Final = "anthropic"
_IN_THE_US: Final = Decimal("1.1")
"""Times the rate of every kind of token, where inference was kept in the United States.
Source: https://platform.claude.com/docs/en/manage-claude/data-residency"""
_SEARCH: Final = ListedRate(
    model="any",
    modality=Modality.LLM,
    unit=Unit.REQUESTS,
    rate_usd=Decimal(10),
    per=Decimal(1000),
    rule="web searches of the vendor's own tool",
    source="genai-prices 0.2.3, web_searches_kcount",
    source_url="https://platform.claude.com/docs/en/about-claude/pricing",
    checked_on=date(2026, 11, 22),
)
_STANDARD: Final = {"", "standard", "auto", "standard_only"}


def price(model: str, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    """None for a model that nobody lists. A class of service without a public rate, such as
    `priority`, which is paid for in advance, is quoted as unknown."""
    classes = set((terms.service_tier or "").split("+")) - _STANDARD
    in_the_us = "us" in classes
    terms = dataclasses.replace(terms, service_tier="+".join(sorted(classes - {"us"})) or None)
    tokens: dict[Unit, Decimal] = {
        unit: count for unit, count in usage.units.items() if unit is not Unit.REQUESTS
    }
    quote = _tokens(model, Usage(tokens, usage.basis), terms)
    if quote is None:
        return None
    if in_the_us:
        quote = _times(quote, _IN_THE_US)
    return _with_searches(quote, usage.units.get(Unit.REQUESTS))


def rates() -> Iterator[ListedRate]:
    """Ours, which come first, and those in force today of the models we name."""
    yield from packaged_catalog("voicegw_anthropic").listed()
    yield from llm_prices.listed_rates(_LIBRARY, MODELS, datetime.now(UTC))
    yield _SEARCH


def _tokens(model: str, usage: Usage, terms: PriceTerms) -> PriceQuote | None:
    catalog = packaged_catalog("voicegw_anthropic")
    if catalog.is_in_force(model, Modality.LLM, usage, terms):
        return catalog.quote(model, Modality.LLM, usage, terms)
    if terms.service_tier is None:
        return llm_prices.quote_tokens(_LIBRARY, model, usage, terms)
    return PriceQuote(
        None,
        unpriced=tuple(unit for unit, count in usage.units.items() if count),
        confidence="unknown",
        source=f"no public rate of {model} for service tier {terms.service_tier}",
        source_url="https://platform.claude.com/docs/en/about-claude/pricing",
    )


def _times(quote: PriceQuote, factor: Decimal) -> PriceQuote:
    """Every line at `factor` times its rate."""
    lines = tuple(
        dataclasses.replace(
            line,
            rate_usd=line.rate_usd * factor,
            amount_usd=line.amount_usd * factor,
            rule=", ".join(filter(None, (line.rule, f"inference in the US only: {factor} times"))),
        )
        for line in quote.lines
    )
    return _again(quote, lines)


def _with_searches(quote: PriceQuote, searches: Decimal | None) -> PriceQuote:
    if not searches:
        return quote
    amount = searches * _SEARCH.rate_usd / _SEARCH.per
    line = PriceLine(
        Unit.REQUESTS, searches, searches, _SEARCH.rate_usd, _SEARCH.per, amount, "web searches"
    )
    return _again(quote, (*quote.lines, line))


def _again(quote: PriceQuote, lines: tuple[PriceLine, ...]) -> PriceQuote:
    """With other lines, and their sum where the sum was known."""
    total = sum((line.amount_usd for line in lines), Decimal(0))
    known = None if quote.amount_usd is None else total
    return dataclasses.replace(quote, amount_usd=known, lines=lines)
