"""What an amount of usage costs: the operator's own rates first, then the provider's plugin."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final, Protocol

from voicegateway.types import Modality, PriceQuote, PriceTerms, Usage, Verdict

__all__ = ["UNKNOWN", "Override", "UsagePricer", "honest", "quoted"]

UNKNOWN: Final = PriceQuote(None, confidence="unknown", source="no known price")

Override = Callable[[str, str, Usage, PriceTerms], PriceQuote | None]
"""The operator's own rates: provider, model, usage and terms to a quote, or None."""


class UsagePricer(Protocol):
    """The hook of a provider that knows its prices."""

    def price_usage(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None: ...


def quoted(
    override: Override,
    pricer: Callable[[str], UsagePricer | None],
    leg: tuple[str, str, Modality],
    usage: Usage,
    terms: PriceTerms,
) -> PriceQuote:
    """The quote for a provider, model and modality; unknown where nobody has a price. Raises
    whatever the plugin raises."""
    provider, model, modality = leg
    quote = override(provider, model, usage, terms)
    if quote is None:
        found = pricer(provider)
        if found is not None:
            quote = found.price_usage(model, modality, usage, terms)
    if quote is None:
        return UNKNOWN
    if quote.unpriced and quote.amount_usd is not None:
        return dataclasses.replace(quote, amount_usd=None, confidence="unknown")
    return quote


def honest(quote: PriceQuote, verdict: Verdict) -> PriceQuote:
    """Only a confirmed count may carry an exact price, except where the price is 0 whatever the
    count was (a self-hosted model's)."""
    if quote.confidence != "exact" or verdict == "confirmed" or not quote.amount_usd:
        return quote
    return dataclasses.replace(quote, confidence="estimated")
