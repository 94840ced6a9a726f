"""Deepgram's rates, to the last digit, and what is honestly unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

import pytest

import voicegw_deepgram
from voicegateway.testing import PricingConformance
from voicegateway.types import Modality, PriceTerms, Unit, Usage
from voicegw_deepgram.pricing import catalog, quote

AUDIO, CHARACTERS, SESSION = Unit.AUDIO_SECONDS, Unit.CHARACTERS, Unit.SESSION_SECONDS
STT, TTS = Modality.STT, Modality.TTS
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR = {AUDIO: Decimal(60)}, {AUDIO: Decimal(3600)}
THOUSAND = {CHARACTERS: Decimal(1000)}
AT_ONCE = {"mode": "batch"}
SEVERAL = {"service_tier": "multilingual"}


def asked(model, units, *, modality=STT, at=NOW, **terms):
    return quote(model, modality, Usage(units), PriceTerms(at=at, **terms))


class TestPrices(PricingConformance):
    provider = "deepgram"
    plugin = voicegw_deepgram
    known: ClassVar = [
        ("nova-3", STT, MINUTE, {}, Decimal("0.0048")),
        ("nova-3", STT, MINUTE, AT_ONCE, Decimal("0.0043")),
        ("nova-3", STT, MINUTE, SEVERAL, Decimal("0.0058")),
        ("nova-3", STT, MINUTE, {**SEVERAL, **AT_ONCE}, Decimal("0.0052")),
        ("nova-3", STT, MINUTE, {"service_tier": "monolingual"}, Decimal("0.0048")),
        ("nova-3", STT, MINUTE, {"channels": 2}, Decimal("0.0096")),
        ("nova-3", STT, MINUTE, {**AT_ONCE, "channels": 2}, Decimal("0.0086")),
        ("nova-3-general", STT, MINUTE, {}, Decimal("0.0048")),
        ("nova-3-multilingual", STT, MINUTE, {}, Decimal("0.0058")),
        ("nova-3-medical", STT, MINUTE, {}, Decimal("0.0048")),
        ("nova-3", STT, MINUTE, {"plan": "growth"}, Decimal("0.0042")),
        ("nova-3", STT, MINUTE, {"plan": "growth", **SEVERAL}, Decimal("0.0050")),
        ("nova-2", STT, HOUR, {}, Decimal("0.35")),
        ("nova-2", STT, MINUTE, AT_ONCE, Decimal("0.0043")),
        ("nova-2-phonecall", STT, HOUR, {}, Decimal("0.35")),
        ("flux-general-en", STT, MINUTE, {}, Decimal("0.0065")),
        ("flux-general-multi", STT, MINUTE, {}, Decimal("0.0078")),
        ("whisper-large", STT, MINUTE, AT_ONCE, Decimal("0.0048")),
        ("aura-2", TTS, THOUSAND, {}, Decimal("0.030")),
        ("aura-2-thalia-en", TTS, THOUSAND, AT_ONCE, Decimal("0.030")),
        ("aura", TTS, THOUSAND, {}, Decimal("0.015")),
        ("aura-1", TTS, THOUSAND, {}, Decimal("0.015")),
        ("aura-asteria-en", TTS, THOUSAND, AT_ONCE, Decimal("0.015")),
    ]
    free_units: ClassVar = [("nova-3", STT, SESSION), ("aura-2", TTS, AUDIO)]


@pytest.mark.parametrize(
    ("addon", "amount"),
    [("diarize", "0.0020"), ("redact", "0.0020"), ("keyterm", "0.0013"), ("entities", "0.0017")],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_streams_add_ons_cost_by_the_minute_of_each_channel(addon, amount, channels):
    plain = asked("nova-3", MINUTE, channels=channels)
    having = asked("nova-3", MINUTE, channels=channels, addons=frozenset({addon}))
    assert having.amount_usd - plain.amount_usd == channels * Decimal(amount)


def test_seconds_are_not_rounded_up_to_minutes():
    assert asked("nova-3", {AUDIO: Decimal("0.5")}).amount_usd == Decimal("0.00004")


def test_an_add_on_of_a_pre_recorded_call_has_no_known_rate():
    found = asked("nova-3", MINUTE, mode="batch", addons=frozenset({"redact"}))
    assert (found.amount_usd, found.unpriced) == (None, (AUDIO,))
    assert found.lines[0].amount_usd == Decimal("0.0043")


def test_diarization_is_not_asked_of_a_pre_recorded_call_and_costs_nothing():
    found = asked("nova-3", MINUTE, mode="batch", addons=frozenset({"diarize"}))
    assert found.amount_usd == Decimal("0.0043")


@pytest.mark.parametrize("model", ["nova-3", "nova-2", "flux-general-en", "flux-general-multi"])
def test_streamed_seconds_are_disputed(model):
    found = asked(model, MINUTE)
    assert found.confidence == "estimated"
    assert "disputed" in found.source


def test_pre_recorded_seconds_and_characters_are_not():
    assert asked("nova-3", MINUTE, mode="batch").confidence == "exact"
    assert asked("aura-2", THOUSAND, modality=TTS).confidence == "exact"


def test_the_regular_price_held_before_the_promotional_one():
    before = datetime(2026, 5, 3, 23, 59, tzinfo=UTC)
    after = datetime(2026, 5, 4, tzinfo=UTC)
    assert asked("nova-3", MINUTE, at=before).amount_usd == Decimal("0.0077")
    assert asked("nova-3-multilingual", MINUTE, at=before).amount_usd == Decimal("0.0092")
    assert asked("nova-3", MINUTE, at=after).amount_usd == Decimal("0.0048")


@pytest.mark.parametrize("model", ["enhanced", "base", "nova-general", "whisper-tiny", "nova-4"])
def test_a_model_that_no_source_prices_has_no_price(model):
    assert asked(model, MINUTE) is None


def test_a_voice_of_a_family_to_come_has_no_price():
    assert asked("aura-3-thalia-en", THOUSAND, modality=TTS) is None


def test_flux_does_not_hear_recordings():
    assert asked("flux-general-en", MINUTE, mode="batch").amount_usd is None


def test_flux_voices_have_no_published_rate():
    found = asked("flux-alexis-en", THOUSAND, modality=TTS)
    assert (found.amount_usd, found.unpriced) == (None, (CHARACTERS,))
    assert asked("flux-alexis-en", {}, modality=TTS).amount_usd == 0


def test_the_one_plan_that_a_rate_is_known_of():
    assert catalog().plans() == ["growth"]
    assert asked("nova-3", MINUTE, plan="growth", mode="batch").amount_usd is None


def test_every_rate_names_where_it_is_from():
    rates = list(voicegw_deepgram.list_rates())
    assert len(rates) == len(catalog().entries)
    assert all(rate.source and rate.source_url.startswith("https://") for rate in rates)
