"""Quotes and terms as JSON: amounts as exact text, none of them a float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from voicegateway.types import PriceLine, PriceQuote, PriceTerms

__all__ = ["lines_json", "quote_json", "terms_json"]


def quote_json(quote: PriceQuote) -> dict[str, object]:
    """Where the rates came from, without the lines."""
    return {
        "confidence": quote.confidence,
        "source": quote.source or None,
        "source_url": quote.source_url or None,
        "as_of": None if quote.as_of is None else quote.as_of.isoformat(),
        "unpriced": [unit.value for unit in quote.unpriced],
    }


def lines_json(lines: Sequence[PriceLine], derived: Sequence[Decimal]) -> list[dict[str, str]]:
    """Each line, with what it comes to when it is multiplied out."""
    return [
        {
            "unit": line.unit.value,
            "quantity": f"{line.quantity:f}",
            "billed": f"{line.billed:f}",
            "rate_usd": f"{line.rate_usd:f}",
            "per": f"{line.per:f}",
            "amount_usd": f"{line.amount_usd:f}",
            "derived_usd": f"{amount:f}",
            "rule": line.rule,
        }
        for line, amount in zip(lines, derived, strict=True)
    ]


def terms_json(terms: PriceTerms) -> dict[str, object]:
    """Without the time, which is the row's."""
    return {
        "mode": terms.mode,
        "plan": terms.plan,
        "channels": terms.channels,
        "addons": sorted(terms.addons),
        "service_tier": terms.service_tier,
    }
