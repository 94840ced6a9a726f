"""Asks for the price of stored rows again: the operator's own rates, else the provider's plugin.

A plugin takes longer to answer than all else that is done for a row, so the same question is asked
once. Two rows ask the same if model, terms, units and what is known of the count are the same, and
the rates are: it is first asked for each half-hour of a day whether they change within it, and days
with the same rates count as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Context, localcontext
from typing import Final

from voicegateway.middleware.quoting import Override, UsagePricer, honest, quoted
from voicegateway.reconcile.sheets import Sheet, Sheets
from voicegateway.reconcile.stored import StoredCards
from voicegateway.storage import quotes
from voicegateway.storage.codes import BASIS_WORD, VERDICT_WORD
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.models import nano_usd
from voicegateway.storage.reads.names import Leg
from voicegateway.storage.reads.pricings import ABOUT, PricedRow, Question
from voicegateway.types import PriceQuote, PriceTerms, Usage

__all__ = ["Answer", "Quotations", "Rates"]

_REMEMBERED: Final = 20_000
"""Answers. More take longer to keep than to ask for again."""
_HALF_HOURS: Final = 48
_HALF_HOUR_US: Final = 1_800_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """Who knows prices now."""

    pricer: Callable[[str], UsagePricer | None]
    """The plugin of a provider; None if it is not installed. Its errors come out."""
    override: Override


@dataclass(slots=True)
class Answer:
    """One quote, made ready to be compared and stored."""

    cost_nano: int | None
    own_part: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of one leg and rate card while the rates stay the same."""

    answers: dict[Question, Answer]
    terms: PriceTerms | None
    """Those of one moment for all, since the rates are the same; None: each row's own moment."""


class Quotations:
    """The quotes of one run. `as_of`: the moment whose rates are asked for; None: the row's."""

    def __init__(self, rates: Rates, legs: Mapping[int, Leg], as_of: datetime | None) -> None:
        self._rates = rates
        self._legs = legs
        self._as_of = as_of
        self._cards = StoredCards()
        self._sheets = Sheets()
        self._moments: dict[tuple[int, int, int | None], _Case] = {}
        self._alike: dict[object, _Case] = {}
        self._count = 0
        self.places: tuple[int, ...] = ()
        """Which units the questions have, by place in `Unit`: as many are always the same."""
        self._probes: dict[object, Usage] = {}
        self._periods: dict[object, object] = {}

    def learn_cards(self, contents: Mapping[int, str]) -> None:
        """What the rate cards hold that the rows were priced by."""
        self._cards.learn(contents)

    def unknown_cards(self, rows: list[PricedRow]) -> set[int]:
        """Cards of these rows that were not learned yet."""
        return self._cards.unknown({row[4] for row in rows} | {row[ABOUT + 3] for row in rows})

    def is_card_of(self, card_id: int | None, answer: Answer) -> bool:
        """Whether a stored rate card has the rates of this answer."""
        return card_id is not None and self._cards.rates(card_id) == answer.sheet.rates

    def answer(self, started_us: int, question: Question) -> Answer:
        """What the row costs at the rates asked for. Raises whatever the plugin raises."""
        moment = (started_us // _HALF_HOUR_US, question[0], question[3])
        case = self._moments.get(moment)
        if case is None:
            case = self._moments[moment] = self._case_in(moment, started_us, question)
        # A row's own quote, which holds its exact quantities, is part of its question.
        found = case.answers.get(question)
        if found is None:
            if self._count >= _REMEMBERED:
                case = self._forget(moment, started_us, question)
            found = case.answers[question] = self._asked(case, started_us, question)
            self._count += 1
        return found

    def _forget(
        self, moment: tuple[int, int, int | None], started_us: int, question: Question
    ) -> _Case:
        self._alike.clear()
        self._moments.clear()
        self._count = 0
        case = self._moments[moment] = self._case_in(moment, started_us, question)
        return case

    def _asked(self, case: _Case, started_us: int, question: Question) -> Answer:
        leg_id, _, verdict, card_id = question[:4]
        usage = self._usage(question)
        terms = case.terms or self._terms(started_us, card_id)
        quote = honest(self._ask(leg_id, usage, terms), VERDICT_WORD[verdict])
        kept = self._cards.terms(card_id) is not None
        sheet = self._sheets.of(quote, terms, card_id, has_terms=kept)
        return Answer(nano_usd(quote.amount_usd), quotes.encode(quote), sheet)

    def _ask(self, leg_id: int, usage: Usage, terms: PriceTerms) -> PriceQuote:
        leg = self._legs[leg_id]
        about = (leg.provider, leg.model, leg.modality)
        with localcontext(Context()):
            return quoted(self._rates.override, self._rates.pricer, about, usage, terms)

    def _case_in(
        self, moment: tuple[int, int, int | None], started_us: int, question: Question
    ) -> _Case:
        """The case of a half-hour, a leg and a rate card."""
        period = self._period(moment, started_us, question)
        key = (moment[1:], period)
        case = self._alike.get(key)
        if case is None:
            steady = not isinstance(period, int)
            terms = self._terms(started_us, moment[2]) if steady else None
            case = self._alike[key] = _Case({}, terms)
        return case

    def _period(
        self, moment: tuple[int, int, int | None], started_us: int, question: Question
    ) -> object:
        """What stands for the moment in the question: two moments with the same rates are one."""
        if self._as_of is not None:
            return None
        half_hour, leg_id, card_id = moment
        day = (moment[1:], half_hour // _HALF_HOURS)
        if day not in self._periods:
            usage = self._probe_of(moment[1:], question)
            terms = self._terms(started_us, card_id)
            begin = datetime_of_us(day[1] * _HALF_HOURS * _HALF_HOUR_US)
            moments = (begin + timedelta(minutes=30 * step) for step in range(_HALF_HOURS))
            answers = {self._probe(leg_id, usage, replace(terms, at=at)) for at in moments}
            self._periods[day] = answers.pop() if len(answers) == 1 else None
        return self._periods[day] or half_hour

    def _probe_of(self, about: object, question: Question) -> Usage:
        if about not in self._probes:
            self._probes[about] = self._usage(question)
        return self._probes[about]

    def _usage(self, question: Question) -> Usage:
        _, basis, _, card_id, text, *units = question
        counted = dict(zip(self.places, units, strict=False))
        return Usage(self._cards.exact(card_id, text, counted), BASIS_WORD[basis])

    def _probe(self, leg_id: int, usage: Usage, terms: PriceTerms) -> object:
        quote = self._ask(leg_id, usage, terms)
        return quotes.card_key(quote), quotes.encode(quote)

    def _terms(self, started_us: int, card_id: int | None) -> PriceTerms:
        at = self._as_of or datetime_of_us(started_us)
        kept = self._cards.terms(card_id)
        if kept is None:
            return PriceTerms(at)
        return PriceTerms(at, kept.mode, kept.plan, kept.channels, kept.addons, kept.service_tier)
