"""Rates and the rules they are applied by: exact amounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_groq
from voicegateway.pricing.catalog import packaged_catalog
from voicegateway.types import Modality, PriceTerms, Unit, Usage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IN, CACHED, OUT = Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS
SECONDS, CHARACTERS = Unit.AUDIO_SECONDS, Unit.CHARACTERS


def quote(model, modality, units, basis="reported", **terms):
    usage = Usage({unit: Decimal(count) for unit, count in units.items()}, basis)
    return voicegw_groq.price_usage(model, modality, usage, PriceTerms(at=NOW, **terms))


@pytest.mark.parametrize(
    ("model", "hour"), [("whisper-large-v3-turbo", "0.04"), ("whisper-large-v3", "0.111")]
)
@pytest.mark.parametrize("mode", ["streaming", "batch"])
def test_the_rates_of_whisper(model, hour, mode):
    quoted = quote(model, Modality.STT, {SECONDS: 3600}, mode=mode)
    assert (quoted.amount_usd, quoted.confidence) == (Decimal(hour), "exact")


@pytest.mark.parametrize(
    ("seconds", "billed"),
    [("0.02", "10"), ("9.999", "10"), ("10", "10"), ("10.5", "10.5"), ("0", "0")],
)
def test_whisper_has_a_minimum_of_ten_seconds_a_request(seconds, billed):
    quoted = quote("whisper-large-v3", Modality.STT, {SECONDS: seconds})
    (line,) = quoted.lines or (None,)
    if seconds == "0":
        assert (quoted.amount_usd, line) == (Decimal(0), None)
    else:
        assert (line.quantity, line.billed) == (Decimal(seconds), Decimal(billed))
        assert quoted.amount_usd * 3600 == Decimal(billed) * Decimal("0.111")


@pytest.mark.parametrize(
    ("model", "million"),
    [("canopylabs/orpheus-v1-english", "22"), ("canopylabs/orpheus-arabic-saudi", "40")],
)
def test_the_rates_of_orpheus(model, million):
    quoted = quote(model, Modality.TTS, {CHARACTERS: 1_000_000, SECONDS: 7}, "measured")
    assert quoted.amount_usd == Decimal(million)
    assert [line.unit for line in quoted.lines] == [CHARACTERS]


@pytest.mark.parametrize(
    ("model", "rates"),
    [
        ("openai/gpt-oss-120b", ("0.15", "0.075", "0.6")),
        ("openai/gpt-oss-20b", ("0.075", "0.0375", "0.3")),
        ("moonshotai/kimi-k2-instruct-0905", ("1", "0.5", "3")),
        ("llama-3.3-70b-versatile", ("0.59", None, "0.79")),
        ("llama-3.1-8b-instant", ("0.05", None, "0.08")),
        ("meta-llama/llama-4-scout-17b-16e-instruct", ("0.11", None, "0.34")),
        ("qwen/qwen3-32b", ("0.29", None, "0.59")),
    ],
)
def test_the_rates_of_the_language_models(model, rates):
    amounts = [
        quote(model, Modality.LLM, {unit: 1_000_000}).amount_usd for unit in (IN, CACHED, OUT)
    ]
    assert amounts == [rate if rate is None else Decimal(rate) for rate in rates]


def test_cached_input_costs_half():
    plain = quote("openai/gpt-oss-20b", Modality.LLM, {IN: 1000}).amount_usd
    assert quote("openai/gpt-oss-20b", Modality.LLM, {CACHED: 1000}).amount_usd * 2 == plain


@pytest.mark.parametrize("tier", ["on_demand", "auto", "flex"])
@pytest.mark.parametrize(
    ("model", "modality", "unit"),
    [
        ("openai/gpt-oss-20b", Modality.LLM, IN),
        ("whisper-large-v3", Modality.STT, SECONDS),
        ("canopylabs/orpheus-v1-english", Modality.TTS, CHARACTERS),
    ],
)
def test_flex_costs_what_on_demand_does(model, modality, unit, tier):
    assert quote(model, modality, {unit: 1000}, service_tier=tier) == quote(
        model, modality, {unit: 1000}
    )


@pytest.mark.parametrize(
    ("model", "modality", "unit"),
    [
        ("openai/gpt-oss-20b", Modality.LLM, IN),
        ("whisper-large-v3", Modality.STT, SECONDS),
    ],
)
def test_capacity_paid_for_in_advance_has_no_price(model, modality, unit):
    quoted = quote(model, modality, {unit: 1000}, service_tier="performance")
    assert (quoted.amount_usd, quoted.unpriced, quoted.confidence) == (None, (unit,), "unknown")


@pytest.mark.parametrize("modality", list(Modality))
def test_a_model_that_nobody_lists_has_no_price(modality):
    assert quote("nonesuch-9", modality, {IN: 1000, SECONDS: 1, CHARACTERS: 1}) is None


def test_a_model_of_another_modality_is_not_priced_as_this_one():
    assert quote("whisper-large-v3", Modality.TTS, {CHARACTERS: 9}) is None


def test_an_estimate_is_never_exact():
    for model, modality, unit in (
        ("openai/gpt-oss-20b", Modality.LLM, IN),
        ("whisper-large-v3", Modality.STT, SECONDS),
    ):
        assert quote(model, modality, {unit: 9}, "estimated").confidence == "estimated"


def test_the_rates_are_listed_with_their_sources():
    listed = list(voicegw_groq.list_rates())
    assert set(voicegw_groq.provider_info().models) <= {one.model for one in listed}
    for one in listed:
        assert one.source
        assert one.source_url.startswith("https://")
        assert one.checked_on is not None


def test_every_entry_was_checked():
    entries = packaged_catalog("voicegw_groq").entries
    assert {entry.checked_on for entry in entries} == {date(2026, 11, 22)}
    whisper = [entry for entry in entries if entry.modality is Modality.STT]
    assert {entry.rates[0].minimum for entry in whisper} == {Decimal(10)}
