"""Rates of language models: every unit priced or named, tiers by request, the rates kept."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voicegateway.pricing import llm_prices
from voicegateway.types import PriceTerms, Unit, Usage

AT = datetime(2026, 11, 22, tzinfo=UTC)


def ask(vendor, model, units, *, basis="reported", **terms):
    usage = Usage({unit: Decimal(value) for unit, value in units.items()}, basis)
    return llm_prices.quote_tokens(vendor, model, usage, PriceTerms(at=AT, **terms))


def test_every_unit_has_its_line_with_the_rate_that_was_used():
    quote = ask(
        "anthropic",
        "claude-haiku-4-5",
        {
            Unit.INPUT_TOKENS: 1000,
            Unit.CACHED_INPUT_TOKENS: 5,
            Unit.CACHE_WRITE_TOKENS: 7,
            Unit.CACHE_WRITE_1H_TOKENS: 9,
            Unit.OUTPUT_TOKENS: 10,
        },
    )
    rates = {line.unit: line.rate_usd for line in quote.lines}
    assert rates == {
        Unit.INPUT_TOKENS: Decimal(1),
        Unit.CACHED_INPUT_TOKENS: Decimal("0.1"),
        Unit.CACHE_WRITE_TOKENS: Decimal("1.25"),
        Unit.CACHE_WRITE_1H_TOKENS: Decimal(2),
        Unit.OUTPUT_TOKENS: Decimal(5),
    }
    assert quote.amount_usd == Decimal("0.00107725")
    assert quote.source.startswith("genai-prices ")
    assert quote.confidence == "exact"


def test_a_unit_without_a_rate_is_named_and_not_priced_0():
    quote = ask("openai", "gpt-4o", {Unit.AUDIO_SECONDS: 60, Unit.INPUT_TOKENS: 10})
    assert quote.amount_usd is None
    assert quote.unpriced == (Unit.AUDIO_SECONDS,)
    assert quote.confidence == "unknown"
    assert [line.unit for line in quote.lines] == [Unit.INPUT_TOKENS]


@pytest.mark.parametrize(("tokens", "rate"), [(272_000, "2.5"), (272_001, "5")])
def test_a_long_request_is_repriced_as_a_whole(tokens, rate):
    quote = ask("openai", "gpt-5.4", {Unit.INPUT_TOKENS: tokens, Unit.OUTPUT_TOKENS: 1})
    assert quote.lines[0].rate_usd == Decimal(rate)
    assert quote.lines[0].amount_usd == tokens * Decimal(rate) / 1_000_000
    assert quote.lines[1].rate_usd == Decimal("22.5" if rate == "5" else "15")


def test_cached_input_counts_for_the_tier():
    units = {Unit.INPUT_TOKENS: 1, Unit.CACHED_INPUT_TOKENS: 272_000}
    assert [line.rate_usd for line in ask("openai", "gpt-5.4", units).lines] == [5, Decimal("0.5")]


def test_estimated_units_are_not_exact():
    assert ask("groq", "llama-3.3-70b-versatile", {}, basis="estimated").confidence == "estimated"


def test_an_unknown_model_has_no_quote():
    assert ask("openai", "no-such-model", {Unit.INPUT_TOKENS: 1}) is None


@pytest.mark.parametrize("tier", [None, "auto", "default", "standard", "on_demand"])
def test_the_standard_tier_has_many_names(tier):
    quote = ask("openai", "gpt-4.1", {Unit.INPUT_TOKENS: 1_000_000}, service_tier=tier)
    assert quote.amount_usd == 2


def test_a_tier_without_a_rate_is_unknown_and_not_the_standard_one():
    quote = ask("openai", "gpt-4.1", {Unit.INPUT_TOKENS: 10}, service_tier="scale")
    assert quote.amount_usd is None
    assert quote.unpriced == (Unit.INPUT_TOKENS,)
    assert "scale" in quote.source


def test_rates_are_listed_for_the_models_it_knows():
    listed = list(llm_prices.listed_rates("groq", ("llama-3.3-70b-versatile", "nobody"), AT))
    assert {(rate.unit, rate.rate_usd) for rate in listed} == {
        (Unit.INPUT_TOKENS, Decimal("0.59")),
        (Unit.OUTPUT_TOKENS, Decimal("0.79")),
    }


def test_the_library_is_imported_on_first_use():
    program = (
        "import sys, voicegateway.pricing.llm_prices as prices\n"
        "assert 'genai_prices' not in sys.modules\n"
        "prices.prepare()\n"
        "assert 'genai_prices' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_the_library_the_error_says_what_to_install():
    program = (
        "import sys; sys.modules['genai_prices'] = None\n"
        "import voicegateway.pricing.llm_prices as prices\n"
        "try: prices.prepare()\n"
        "except ImportError as error: assert 'voicegw[llm-prices]' in str(error)\n"
        "else: sys.exit('no error')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
