"""A stored quote says later exactly what it said when the attempt was priced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ledger_kit as kit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.storage import quotes
from voicegateway.storage.queries import logs, open_reader, quote_of
from voicegateway.types import PriceLine, PriceQuote, Unit

exact = st.decimals(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8"))
lines = st.builds(PriceLine, st.sampled_from(Unit), exact, exact, exact, exact, exact, text)
any_quote = st.builds(
    PriceQuote,
    amount_usd=st.none() | exact,
    lines=st.lists(lines, max_size=5).map(tuple),
    unpriced=st.lists(st.sampled_from(Unit), max_size=4).map(tuple),
    confidence=st.sampled_from(["exact", "estimated", "unknown"]),
    source=text,
    source_url=text,
    as_of=st.none() | st.dates(),
)


def printed(quote: PriceQuote) -> str:
    return repr(quote)  # equal decimals may differ in their zeros: those must survive as well


# How fast a machine draws quotes is not what this is about.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_quote)
def test_a_quote_comes_back_to_the_last_digit(quote: PriceQuote) -> None:
    content = quotes.card_content(quotes.card_key(quote))
    back = quotes.decode(content, quotes.encode(quote))
    assert back == quote
    assert printed(back) == printed(quote)


def test_a_total_that_is_the_sum_of_its_lines_is_not_stored() -> None:
    quote = kit.quote((Unit.INPUT_TOKENS, "100", "0.001"), (Unit.OUTPUT_TOKENS, "7", "0.5"))
    assert quotes.encode(quote) == "=|x||100~~0.100;7~~3.5"


def test_a_row_can_be_explained_after_the_prices_have_changed(ledger, path) -> None:
    # A minimum, a rate that is not a round number, and a list of a certain day.
    line = PriceLine(
        Unit.AUDIO_SECONDS,
        Decimal("3.217"),
        Decimal(10),
        Decimal("0.0043"),
        Decimal(60),
        Decimal("0.0007166666666666666666666666667"),
        "at least 10 s a request",
    )
    quote = PriceQuote(
        line.amount_usd, (line,), (), "exact", "list", "https://x.example", date(2026, 11, 1)
    )
    ledger.append(kit.closed(quote=quote))
    assert ledger.flush(10)
    with open_reader(path) as reader:
        (row,) = logs(reader).rows
    assert quote_of(row) == quote
    assert row.cost_nano == 716_667


def test_quotes_that_differ_in_what_was_consumed_share_a_card(ledger, path) -> None:
    for tokens in range(50):
        ledger.append(kit.closed(quote=kit.quote((Unit.INPUT_TOKENS, str(tokens), "0.001"))))
    ledger.append(kit.closed(quote=kit.quote((Unit.INPUT_TOKENS, "1", "0.0010"))))
    assert ledger.flush(10)
    assert kit.rows(path, "SELECT COUNT(*) FROM rate_cards") == [(2,)]
