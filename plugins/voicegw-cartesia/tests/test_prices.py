"""The catalog, to the last digit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_cartesia
from voicegateway.types import Modality, PriceTerms, Unit, Usage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
STT, TTS = Modality.STT, Modality.TTS


def quote(model, modality, amount, **terms):
    unit = Unit.CHARACTERS if modality is TTS else Unit.AUDIO_SECONDS
    usage = Usage({unit: Decimal(amount)}, terms.pop("basis", "reported"))
    return voicegw_cartesia.price_usage(model, modality, usage, PriceTerms(AT, **terms))


@pytest.mark.parametrize(
    ("model", "modality", "amount", "terms", "usd"),
    [
        ("sonic-3", TTS, 1000, {"plan": "pro"}, "0.05"),
        ("sonic-3", TTS, 1000, {"plan": "startup"}, "0.0392"),
        ("sonic-3", TTS, 1000, {"plan": "scale"}, "0.037375"),
        ("sonic-2-2025-03-07", TTS, 1, {"plan": "pro", "mode": "batch"}, "0.00005"),
        ("sonic-turbo", TTS, 1, {"plan": "startup"}, "0.0000392"),
        ("sonic-3", TTS, 1000, {"plan": "pro", "addons": {"professional_voice"}}, "0.075"),
        ("ink-2", STT, 1, {"plan": "pro"}, "0.00015"),
        ("ink-2", STT, 3600, {"plan": "startup"}, "0.42336"),
        ("ink-whisper", STT, 1, {"plan": "pro"}, "0.00005"),
        ("ink-whisper", STT, 3600, {"plan": "scale"}, "0.13455"),
        ("ink-whisper", STT, 60, {"plan": "pro", "mode": "batch"}, "0.0015"),
    ],
)
def test_what_is_charged(model, modality, amount, terms, usd):
    if "addons" in terms:
        terms = {**terms, "addons": frozenset(terms["addons"])}
    found = quote(model, modality, amount, **terms)
    assert (found.amount_usd, found.confidence) == (Decimal(usd), "exact")
    assert found.as_of == date(2026, 11, 22)


def test_credits_are_in_the_line():
    (line,) = quote("ink-2", STT, 10, plan="pro").lines
    assert (line.quantity, line.billed, line.rate_usd, line.per) == (10, 30, 5, 100_000)
    assert line.rule == "3 credits each"


def test_without_a_plan_pro_is_assumed_and_never_exact():
    found = quote("sonic-3", TTS, 1000)
    assert (found.amount_usd, found.confidence) == (Decimal("0.05"), "estimated")
    assert "say which plan is yours" in found.source


def test_a_disputed_model_is_never_exact():
    found = quote("sonic-3.5", TTS, 1000, plan="pro")
    assert (found.amount_usd, found.confidence) == (Decimal("0.05"), "estimated")
    assert "seconds of audio" in found.source


@pytest.mark.parametrize(
    ("model", "modality", "terms"),
    [("sonic-3", TTS, {"plan": "yearly"}), ("ink-2", STT, {"plan": "pro", "mode": "batch"})],
)
def test_what_no_source_prices_is_unknown(model, modality, terms):
    found = quote(model, modality, 10, **terms)
    assert (found.amount_usd, found.confidence) == (None, "unknown")


def test_an_unknown_model_has_no_price():
    assert quote("ink-3", STT, 10, plan="pro") is None


def test_what_is_listed_says_where_it_is_from():
    rates = list(voicegw_cartesia.list_rates())
    assert {rate.plan for rate in rates} == {None, "pro", "startup", "scale"}
    assert all(rate.source_url.startswith("https://") for rate in rates)
    assert {rate.checked_on for rate in rates} == {date(2026, 11, 22)}
    assert all(rate.disputed for rate in rates if rate.plan is None)
