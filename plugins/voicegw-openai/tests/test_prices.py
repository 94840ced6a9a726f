"""Exact amounts, for every figure of the catalog and every rule of OpenAI's billing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_openai
from voicegateway.types import Modality, PriceTerms, Unit, Usage

STT, LLM, TTS = Modality.STT, Modality.LLM, Modality.TTS
M = 1_000_000
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def quote(model, modality, basis="reported", at=NOW, **units):
    terms = {k: units.pop(k) for k in ("addons", "service_tier", "mode", "plan") if k in units}
    counted = {Unit(name): Decimal(amount) for name, amount in units.items()}
    return voicegw_openai.price_usage(
        model, modality, Usage(counted, basis), PriceTerms(at=at, **terms)
    )


@pytest.mark.parametrize(
    ("model", "modality", "units", "usd"),
    [
        ("whisper-1", STT, {"audio_seconds": 60}, "0.006"),
        ("gpt-transcribe", STT, {"audio_seconds": 60}, "0.0045"),
        ("gpt-live-transcribe", STT, {"audio_seconds": 60}, "0.017"),
        ("gpt-realtime-whisper", STT, {"audio_seconds": 60}, "0.017"),
        ("gpt-4o-transcribe", STT, {"input_audio_tokens": M}, "2.5"),
        ("gpt-4o-transcribe", STT, {"input_tokens": M}, "2.5"),
        ("gpt-4o-transcribe", STT, {"output_tokens": M}, "10"),
        ("gpt-4o-transcribe-diarize", STT, {"input_audio_tokens": M}, "2.5"),
        ("gpt-4o-transcribe", STT, {"audio_seconds": 60}, "0.006"),
        ("gpt-4o-mini-transcribe", STT, {"input_audio_tokens": M}, "1.25"),
        ("gpt-4o-mini-transcribe", STT, {"input_tokens": M}, "1.25"),
        ("gpt-4o-mini-transcribe", STT, {"output_tokens": M}, "5"),
        ("gpt-4o-mini-transcribe-2025-12-15", STT, {"output_tokens": M}, "5"),
        ("gpt-4o-mini-transcribe", STT, {"audio_seconds": 60}, "0.003"),
        ("tts-1", TTS, {"characters": M}, "15"),
        ("tts-1", TTS, {"characters": 4095}, "0.061425"),  # an invoice of 2 November 2025
        ("tts-1-hd", TTS, {"characters": M}, "30"),
        ("tts-1-hd-1106", TTS, {"characters": M}, "30"),
        ("gpt-4o-mini-tts", TTS, {"input_tokens": M}, "0.6"),
        ("gpt-4o-mini-tts", TTS, {"output_audio_tokens": M}, "12"),
        ("gpt-4o-mini-tts-2025-12-15", TTS, {"output_audio_tokens": M}, "12"),
        ("gpt-4o-mini-tts", TTS, {"audio_seconds": 60}, "0.015"),
        ("gpt-4o-mini", LLM, {"input_tokens": M}, "0.15"),
        ("gpt-4o-mini", LLM, {"cached_input_tokens": M}, "0.075"),
        ("gpt-4o-mini", LLM, {"output_tokens": M}, "0.6"),
        ("gpt-5-mini", LLM, {"input_tokens": M}, "0.25"),
        ("gpt-5-mini", LLM, {"cached_input_tokens": M}, "0.025"),
        ("gpt-5-mini", LLM, {"output_tokens": M}, "2"),
        ("gpt-5.4", LLM, {"output_tokens": M}, "15"),
        ("gpt-5.6-luna", LLM, {"input_tokens": 100_000}, "0.02"),
        ("gpt-5.6-luna", LLM, {"cached_input_tokens": 100_000}, "0.002"),
        ("gpt-5.6-luna", LLM, {"cache_write_tokens": 100_000}, "0.025"),
        ("gpt-5.6-luna", LLM, {"output_tokens": M}, "1.2"),
    ],
)
def test_a_rate(model, modality, units, usd):
    assert quote(model, modality, **units).amount_usd == Decimal(usd)


def test_a_turn_of_a_conversation_to_the_last_digit():
    turn = {"input_tokens": 1203, "cached_input_tokens": 2048, "output_tokens": 77}
    assert quote("gpt-4o-mini", LLM, **turn).amount_usd == Decimal("0.00038025")


def test_an_odd_second_is_not_rounded():
    found = quote("whisper-1", STT, audio_seconds="2.134")
    assert found.amount_usd == Decimal("0.0002134")
    assert found.confidence == "exact"


@pytest.mark.parametrize(
    ("units", "usd"),
    [
        ({"input_tokens": 272_000, "output_tokens": 1000}, "0.695"),
        ({"input_tokens": 272_001, "output_tokens": 1000}, "1.382505"),
        ({"input_tokens": 72_000, "cached_input_tokens": 200_001, "output_tokens": 0}, "0.4600005"),
    ],
)
def test_more_than_272000_input_tokens_reprice_the_whole_request(units, usd):
    """5, 0.5 and 22.5 in place of 2.5, 0.25 and 15; cached tokens count as input."""
    assert quote("gpt-5.4", LLM, **units).amount_usd == Decimal(usd)


def test_a_price_is_that_of_the_day_of_the_call():
    before = quote("gpt-5.6-luna", LLM, at=datetime(2026, 7, 29, tzinfo=UTC), input_tokens=M // 10)
    after = quote("gpt-5.6-luna", LLM, at=datetime(2026, 7, 30, tzinfo=UTC), input_tokens=M // 10)
    assert (before.amount_usd, after.amount_usd) == (Decimal("0.1"), Decimal("0.02"))


@pytest.mark.parametrize(
    ("model", "tier", "usd"),
    [
        ("gpt-4.1", None, "2"),
        ("gpt-4.1", "default", "2"),
        ("gpt-4.1", "auto", "2"),
        ("gpt-4.1", "priority", "3.5"),
        ("gpt-5.6-luna", "flex", "0.2"),
        ("gpt-5.6-luna", "priority", "0.8"),
    ],
)
def test_a_service_tier_has_rates_of_its_own(model, tier, usd):
    assert quote(model, LLM, service_tier=tier, input_tokens=M).amount_usd == Decimal(usd)


@pytest.mark.parametrize(
    ("model", "tier", "day"),
    [
        ("gpt-4.1", "flex", "2026-11-22"),  # not offered for this model
        ("gpt-4.1", "scale", "2026-11-22"),  # bought ahead
        ("gpt-5.6-sol", "ultrafast", "2026-11-22"),
        ("gpt-4.1", "priority", "2026-10-11"),  # the library knows this tier from the 12th on
    ],
)
def test_a_tier_without_a_rate_is_unknown_and_not_the_standard_one(model, tier, day):
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    found = quote(model, LLM, service_tier=tier, at=at, input_tokens=10, output_tokens=5)
    assert found.amount_usd is None
    assert found.unpriced == (Unit.INPUT_TOKENS, Unit.OUTPUT_TOKENS)
    assert f"no rate for tier {tier}" in found.source


def test_data_residency_costs_a_tenth_more_for_recent_models():
    add = frozenset({"data_residency"})
    found = quote("gpt-5.6-luna", LLM, addons=add, input_tokens=1000, output_tokens=100)
    assert found.amount_usd == Decimal("0.000352")
    assert [line.amount_usd for line in found.lines] == [
        Decimal("0.0002"),
        Decimal("0.00012"),
        Decimal("0.00002"),
        Decimal("0.000012"),
    ]
    assert found.lines[2].rule == "add-on data_residency, 10 % of the rate"
    assert found.confidence == "estimated"
    spoken = quote("gpt-transcribe", STT, addons=add, audio_seconds=60)
    assert spoken.amount_usd == Decimal("0.00495")


@pytest.mark.parametrize(
    ("model", "modality", "units", "usd"),
    [
        ("gpt-4o-mini", LLM, {"input_tokens": M}, "0.15"),
        ("tts-1", TTS, {"characters": M}, "15"),
        ("whisper-1", STT, {"audio_seconds": 60}, "0.006"),
    ],
)
def test_older_models_cost_the_same_everywhere(model, modality, units, usd):
    found = quote(model, modality, addons=frozenset({"data_residency"}), **units)
    assert found.amount_usd == Decimal(usd)


def test_an_add_on_that_is_not_known_makes_the_price_unknown():
    found = quote("gpt-4o-mini", LLM, addons=frozenset({"no-such"}), input_tokens=10)
    assert found.amount_usd is None
    assert "no-such" in found.source


@pytest.mark.parametrize("model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe"])
def test_the_rate_of_audio_tokens_is_disputed(model):
    found = quote(model, STT, input_audio_tokens=100, output_tokens=10)
    assert found.confidence == "estimated"
    assert "disputed: genai-prices 0.2.3 and voice-prices 0.11.0 have" in found.source


@pytest.mark.parametrize(
    ("model", "modality"),
    [("gpt-4o-transcribe", STT), ("gpt-4o-mini-transcribe", STT), ("gpt-4o-mini-tts", TTS)],
)
def test_a_price_from_seconds_of_a_model_that_bills_tokens_is_an_estimate(model, modality):
    found = quote(model, modality, "measured", audio_seconds=60)
    assert found.confidence == "estimated"
    assert "billed by tokens" in found.source


def test_tokens_that_are_known_are_not_billed_by_the_second_as_well():
    found = quote("gpt-4o-transcribe", STT, input_audio_tokens=M, audio_seconds=60)
    assert found.amount_usd == Decimal("2.5")


def test_cache_writes_that_last_12_hours_have_no_known_rate():
    found = quote("gpt-5.6-luna", LLM, input_tokens=10, cache_write_1h_tokens=10)
    assert found.amount_usd is None
    assert found.unpriced == (Unit.CACHE_WRITE_1H_TOKENS,)


def test_open_weights_are_not_openais_to_sell():
    assert quote("gpt-oss-120b", LLM, input_tokens=10) is None


@pytest.mark.parametrize("modality", list(Modality))
def test_a_model_that_nobody_knows_has_no_price(modality):
    assert quote("gpt-99", modality, input_tokens=10, audio_seconds=1, characters=1) is None


def test_a_plan_that_openai_does_not_have_is_unknown():
    assert quote("whisper-1", STT, plan="growth", audio_seconds=60).amount_usd is None


def test_a_price_names_where_it_is_from():
    found = quote("tts-1", TTS, characters=1)
    assert found.source_url == "https://developers.openai.com/api/docs/models/tts-1"
    assert found.as_of == date(2026, 11, 22)


def test_every_model_that_is_named_has_a_rate():
    listed = {name for rate in voicegw_openai.list_rates() for name in rate.model.split(", ")}
    assert set(voicegw_openai.provider_info().models) <= listed
