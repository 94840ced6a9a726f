"""Asks for the price of stored rows again: the operator's own rates, else the provider's plugin.

A plugin takes a tenth of a millisecond to answer, so the same question is asked once. Two rows ask
the same if model, terms, units and what is known of the count are the same, and the rates are: it
is first asked for each half-hour of a day whether they change within it, and days with the same
rates count as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Context, localcontext
from typing import Final

from voicegateway.middleware.quoting import Override, UsagePricer, honest, quoted
from voicegateway.storage import quotes
from voicegateway.storage.codes import (
    BASIS_WORD,
    EXACT,
    UNITS,
    VERDICT_WORD,
    millionths,
    quantities,
)
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.models import nano_usd
from voicegateway.storage.reads.names import Leg
from voicegateway.storage.reads.pricings import PricedRow
from voicegateway.types import PriceQuote, PriceTerms, Usage

__all__ = ["Answer", "Quotations", "Rates"]

_REMEMBERED: Final = 300_000
_HALF_HOURS: Final = 48
_HALF_HOUR_US: Final = 1_800_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rates:
    """Who knows prices now."""

    pricer: Callable[[str], UsagePricer | None]
    """The plugin of a provider; None if it is not installed. Its errors come out."""
    override: Override


@dataclass(slots=True)
class Answer:
    """One quote, made ready to be compared and stored."""

    quote: PriceQuote
    terms: PriceTerms
    cost_nano: int | None
    own_part: str
    rates: tuple[object, ...]
    card_id: int | None = None
    """Its rate card, once that is in the ledger."""


class Quotations:
    """The quotes of one run. `as_of`: the moment whose rates are asked for; None: the row's."""

    def __init__(self, rates: Rates, legs: Mapping[int, Leg], as_of: datetime | None) -> None:
        self._rates = rates
        self._legs = legs
        self._as_of = as_of
        self._cards: dict[int, str] = {}
        self._stored: dict[int | None, PriceTerms | None] = {None: None}
        self._known: dict[object, Answer] = {}
        self._probes: dict[object, Usage] = {}
        self._periods: dict[object, object] = {}

    def learn_cards(self, contents: Mapping[int, str]) -> None:
        """What the rate cards hold that the rows were priced by."""
        self._cards.update(contents)
        for card, content in contents.items():
            self._stored[card] = quotes.terms_of(content, _EPOCH)

    def unknown_cards(self, rows: list[PricedRow]) -> set[int]:
        """Cards of these rows that were not learned yet."""
        used = {row.card_id for row in rows} | {row.last_card_id for row in rows}
        return {card for card in used if card is not None} - self._cards.keys()

    def has_terms(self, card_id: int | None) -> bool:
        """Whether the terms that a row was priced on were kept."""
        return self._stored[card_id] is not None

    def changes(self, row: PricedRow, answer: Answer) -> bool:
        """Whether this is another quote than the one that was made last for the row."""
        if row.last_card_id is None or row.last_quote != answer.own_part:
            return True
        return quotes.rates_of(self._cards[row.last_card_id]) != answer.rates

    def quote(self, row: PricedRow) -> Answer:
        """What the row costs at the rates asked for. Raises whatever the plugin raises."""
        period = self._period(row)
        # A row's own quote holds its exact quantities.
        key = (row.leg_id, row.card_id, row.basis, row.verdict, period, row.units, row.quote)
        found = self._known.get(key)
        if found is None:
            terms = self._terms(row)
            quote = self._ask(row.leg_id, self._usage(row), terms)
            found = _answer(honest(quote, VERDICT_WORD[row.verdict]), terms)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return found

    def _ask(self, leg_id: int, usage: Usage, terms: PriceTerms) -> PriceQuote:
        leg = self._legs[leg_id]
        with localcontext(Context()):
            return quoted(
                self._rates.override,
                self._rates.pricer,
                (leg.provider, leg.model, leg.modality),
                usage,
                terms,
            )

    def _period(self, row: PricedRow) -> object:
        """What stands for the moment in the question: two moments with the same rates are one."""
        if self._as_of is not None:
            return None
        about = (row.leg_id, row.card_id)
        half_hour = row.started_us // _HALF_HOUR_US
        day = (about, half_hour // _HALF_HOURS)
        if day not in self._periods:
            usage = self._probes.setdefault(about, self._usage(row))
            terms = self._terms(row)
            begin = datetime_of_us(day[1] * _HALF_HOURS * _HALF_HOUR_US)
            moments = (begin + timedelta(minutes=30 * step) for step in range(_HALF_HOURS))
            answers = {self._probe(row.leg_id, usage, replace(terms, at=at)) for at in moments}
            self._periods[day] = answers.pop() if len(answers) == 1 else None
        return self._periods[day] or half_hour

    def _probe(self, leg_id: int, usage: Usage, terms: PriceTerms) -> object:
        quote = self._ask(leg_id, usage, terms)
        return quotes.card_key(quote), quotes.encode(quote)

    def _terms(self, row: PricedRow) -> PriceTerms:
        at = self._as_of or datetime_of_us(row.started_us)
        stored = self._stored[row.card_id]
        return PriceTerms(at) if stored is None else replace(stored, at=at)

    def _usage(self, row: PricedRow) -> Usage:
        """The units, as exact as the quote's lines have them: the columns are rounded."""
        units = quantities(row.units)
        if row.card_id is not None and row.quote is not None:
            for unit, exact in quotes.consumed(self._cards[row.card_id], row.quote).items():
                if row.units[_PLACE[unit]] == millionths(exact):
                    units[unit] = exact
        return Usage(units, BASIS_WORD[row.basis])


def _answer(quote: PriceQuote, terms: PriceTerms) -> Answer:
    rates = quotes.card_key(quote)[:4]
    with localcontext(EXACT):
        nano = nano_usd(quote.amount_usd)
        return Answer(quote, terms, nano, quotes.encode(quote), rates)


_PLACE: Final = {unit: place for place, unit in enumerate(UNITS)}
