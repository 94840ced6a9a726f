"""What many quotes share, found without comparing it word by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage import quotes
from voicegateway.types import PriceQuote, PriceTerms

__all__ = ["Sheet", "Sheets"]

_REMEMBERED: Final = 4096


@dataclass(slots=True)
class Sheet:
    """Source, date and rates of a quote, and the terms it was asked for on."""

    rates: tuple[object, ...]
    quote: PriceQuote
    """One of those that have them."""
    terms: PriceTerms
    has_terms: bool
    """Whether the rows' terms were kept."""
    card_id: int | None = None
    """Its rate card, once that is in the ledger."""


class Sheets:
    """Of quotes whose rates are the same objects, as those of one price list are, the sheet is the
    same."""

    def __init__(self) -> None:
        self._known: dict[object, Sheet] = {}

    def of(
        self, quote: PriceQuote, terms: PriceTerms, card_id: int | None, *, has_terms: bool
    ) -> Sheet:
        """`card_id` stands for the terms, their time left out."""
        # A sheet holds on to its quote, so no other object ever has the same identity.
        lines = [(id(one.unit), id(one.rate_usd), id(one.per), one.rule) for one in quote.lines]
        key = (quote.source, quote.source_url, quote.as_of, card_id, *lines)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = Sheet(quotes.card_key(quote)[:4], quote, terms, has_terms)
            self._known[key] = found
        return found
