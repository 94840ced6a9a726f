"""Price lists that are wrong, or not honest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from sabotage import Case, Prices, hooks, priced
from voicegw_brook import Acme

from voicegateway.types import ListedRate, Modality, PriceLine, PriceQuote, Unit

_TURN = count()


def costs(quote, usd):
    """The quote with another amount, which one line explains."""
    if quote is None or not quote.lines:
        return quote
    first, value = quote.lines[0], Decimal(usd)
    line = PriceLine(
        first.unit, first.quantity, first.quantity, value, first.quantity or Decimal(1), value
    )
    return replace(quote, amount_usd=value, lines=(line,))


def size(usage):
    return sum(usage.units.values(), Decimal(0))


def of_any_model(self, model, modality, usage, terms):
    return Acme.price_usage(self, "swift-1", modality, usage, terms)


def bills_sessions(self, model, modality, usage, terms):
    quote = Acme.price_usage(self, model, modality, usage, terms)
    seconds = usage.units.get(Unit.SESSION_SECONDS)
    if quote is None or quote.amount_usd is None or seconds is None:
        return quote
    line = PriceLine(
        Unit.SESSION_SECONDS, seconds, seconds, Decimal("0.001"), Decimal(1), seconds / 1000
    )
    return replace(quote, amount_usd=quote.amount_usd + line.amount_usd, lines=(*quote.lines, line))


def knows_two_units(self, model, modality, usage, terms):
    known = {Unit.AUDIO_SECONDS, Unit.INPUT_TOKENS, Unit.OUTPUT_TOKENS}
    if set(usage.units) - known:
        raise KeyError("what is that?")
    return Acme.price_usage(self, model, modality, usage, terms)


def in_floats(self):
    return [
        ListedRate("swift-1", Modality.STT, Unit.AUDIO_SECONDS, 0.0048, Decimal(60), source="list")
    ]


def cheaper_in_bulk(quote, model, usage, terms):
    known = size(usage) in (60, 46)
    return quote if known else costs(quote, "0.000001")


def by_first_unit(quote, model, usage, terms):
    backwards = next(iter(usage.units), None) is Unit.OUTPUT_TOKENS
    return costs(quote, "1") if backwards else quote


def always_sure(quote, model, usage, terms):
    return quote and replace(quote, confidence="exact")


def free_long_ago(quote, model, usage, terms):
    if terms.at > datetime(2010, 1, 1, tzinfo=UTC):
        return quote
    return PriceQuote(Decimal(0), source="list")


def a_cent_at_least(quote, model, usage, terms):
    return quote if size(usage) else PriceQuote(Decimal("0.01"), source="list")


def never_adds_up(quote, model, usage, terms):
    return quote and replace(quote, lines=quote.lines[:1])


def moody(quote, model, usage, terms):
    return quote and replace(quote, source=f"list, copy {next(_TURN)}")


CASES = {
    "has an old price": Case(
        Prices,
        "test_the_known_prices_are_these",
        "the price is 0.005 and should be 0.0048",
        priced(lambda quote, *_: costs(quote, "0.005")),
    ),
    "never adds up": Case(
        Prices,
        "test_a_known_price_can_be_explained",
        "the amount 0.0058 is not the sum of its lines, 0.0042",
        priced(never_adds_up),
    ),
    "has no source": Case(
        Prices,
        "test_a_known_price_names_its_source",
        "the price of swift-1 names no source",
        priced(lambda quote, *_: quote and replace(quote, source="")),
    ),
    "has no date": Case(
        Prices,
        "test_a_known_price_names_its_source",
        "the price of swift-1 has no date (as_of)",
        priced(lambda quote, *_: quote and replace(quote, as_of=None)),
    ),
    "changes its mind": Case(
        Prices,
        "test_the_same_question_has_the_same_answer",
        "the same question has two answers",
        priced(moody),
    ),
    "reads the first unit": Case(
        Prices,
        "test_the_order_of_units_does_not_matter",
        "the order of its units changes the price",
        priced(by_first_unit),
    ),
    "guesses": Case(
        Prices,
        "test_an_unknown_model_has_no_price",
        "the unknown model 'no-such-model-zq' is priced at 0.0048",
        hooks(price_usage=of_any_model),
    ),
    "was free long ago": Case(
        Prices,
        "test_the_past_is_not_priced_at_0",
        "units were used and the quote is 0",
        priced(free_long_ago),
    ),
    "has a minimum for nothing": Case(
        Prices,
        "test_nothing_used_costs_nothing",
        "swift-1: nothing costs 0.01",
        priced(a_cent_at_least),
    ),
    "is cheaper in bulk": Case(
        Prices,
        "test_twice_as_much_is_not_cheaper",
        "swift-1: twice as much is cheaper",
        priced(cheaper_in_bulk),
    ),
    "is always sure": Case(
        Prices,
        "test_an_estimate_is_not_called_exact",
        "units were estimated, and the price is called exact",
        priced(always_sure),
    ),
    "bills the session too": Case(
        Prices,
        "test_units_that_are_not_billed_change_no_price",
        "session_seconds is free and changes the price",
        hooks(price_usage=bills_sessions),
    ),
    "knows two units": Case(
        Prices,
        "test_any_usage_has_an_honest_quote",
        "what is that?",
        hooks(price_usage=knows_two_units),
    ),
    "lists floats": Case(
        Prices,
        "test_the_rates_that_are_listed_are_well_formed",
        "money is Decimal",
        hooks(list_rates=in_floats),
    ),
}
