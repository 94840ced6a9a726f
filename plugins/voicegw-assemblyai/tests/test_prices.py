"""The catalog, to the last digit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_assemblyai
from voicegateway.types import Modality, PriceTerms, Unit, Usage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = 3600
SESSION, AUDIO = Unit.SESSION_SECONDS, Unit.AUDIO_SECONDS


def quote(model, units, modality=Modality.STT, addons=(), **terms):
    usage = Usage({unit: Decimal(amount) for unit, amount in units.items()})
    return voicegw_assemblyai.price_usage(
        model, modality, usage, PriceTerms(AT, addons=frozenset(addons), **terms)
    )


@pytest.mark.parametrize(
    ("model", "units", "terms", "usd"),
    [
        ("universal-streaming-english", {SESSION: HOUR}, {}, "0.15"),
        ("universal-streaming-multilingual", {SESSION: HOUR}, {}, "0.15"),
        ("universal-streaming-english", {SESSION: HOUR}, {"addons": ["keyterms"]}, "0.19"),
        ("universal-3-5-pro", {SESSION: HOUR}, {}, "0.45"),
        ("universal-3-6-pro", {SESSION: HOUR, AUDIO: 60}, {}, "0.45"),
        ("u3-rt-pro", {SESSION: 300}, {}, "0.0375"),
        ("u3-rt-pro-beta-1", {SESSION: 1}, {}, "0.000125"),
        ("universal-3-5-pro", {AUDIO: HOUR}, {"mode": "batch"}, "0.21"),
        ("universal-3-5-pro", {AUDIO: 12}, {"mode": "batch"}, "0.0007"),
    ],
)
def test_what_is_charged(model, units, terms, usd):
    found = quote(model, units, **terms)
    assert (found.amount_usd, found.confidence) == (Decimal(usd), "exact")
    assert found.as_of == date(2026, 11, 22)


def test_two_streams_of_one_call_are_billed_twice():
    """As AssemblyAI's page has it: five minutes in two sessions are ten."""
    one = quote("universal-streaming-english", {SESSION: 300}).amount_usd
    assert 2 * one == quote("universal-streaming-english", {SESSION: 600}).amount_usd


def test_audio_is_not_what_streaming_is_billed_by():
    found = quote("universal-3-6-pro", {AUDIO: 60})
    assert (found.amount_usd, found.confidence) == (None, "unknown")


@pytest.mark.parametrize("addon", ["keyterms", "speaker_labels", "voice_focus"])
def test_an_add_on_that_may_cost_extra_makes_an_estimate(addon):
    found = quote("universal-3-6-pro", {SESSION: HOUR}, addons=[addon])
    assert (found.amount_usd, found.confidence) == (Decimal("0.45"), "estimated")
    assert f"whether {addon} costs extra" in found.source


def test_a_known_add_on_beside_an_unsure_one_is_still_charged():
    addons = ["keyterms", "speaker_labels"]
    found = quote("universal-streaming-english", {SESSION: HOUR}, addons=addons)
    assert (found.amount_usd, found.confidence) == (Decimal("0.19"), "estimated")


def test_an_add_on_that_costs_extra_and_has_no_price_makes_the_whole_unknown():
    addons = ["medical_mode", "speaker_labels"]
    found = quote("universal-3-6-pro", {SESSION: HOUR}, addons=addons)
    assert (found.amount_usd, found.unpriced) == (None, (SESSION,))


def test_there_is_no_price_of_speech():
    units = {Unit.CHARACTERS: 100, AUDIO: 4}
    found = quote("assemblyai-tts-1", units, Modality.TTS)
    assert (found.amount_usd, found.confidence, found.lines) == (None, "unknown", ())
    assert quote("other-tts", units, Modality.TTS) is None


def test_an_unknown_model_has_no_price():
    assert quote("universal-9", {SESSION: 60}) is None


def test_what_is_listed_says_where_it_is_from():
    rates = list(voicegw_assemblyai.list_rates())
    assert [(rate.mode, rate.unit, str(rate.rate_usd)) for rate in rates] == [
        ("streaming", SESSION, "0.15"),
        ("streaming", SESSION, "0.45"),
        ("batch", AUDIO, "0.21"),
    ]
    assert all(rate.source_url.startswith("https://www.assemblyai.com/") for rate in rates)
