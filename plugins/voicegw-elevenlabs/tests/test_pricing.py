"""Every figure of the price list, and the rules that a rate cannot say."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import voicegw_elevenlabs
from voicegateway.types import Modality, PriceTerms, Unit, Usage
from voicegw_elevenlabs.pricing import catalog, credits_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHARS, CREDITS, SECONDS = Unit.CHARACTERS, Unit.CREDITS, Unit.AUDIO_SECONDS


def quote(model, units, at=NOW, **terms):
    modality = Modality.STT if model.startswith("scribe") else Modality.TTS
    usage = Usage({unit: Decimal(amount) for unit, amount in units.items()})
    return voicegw_elevenlabs.price_usage(model, modality, usage, PriceTerms(at=at, **terms))


def cost(*arguments, **terms):
    return quote(*arguments, **terms).amount_usd


FAST = ["eleven_flash_v2", "eleven_flash_v2_5", "eleven_turbo_v2", "eleven_turbo_v2_5"]
FINE = ["eleven_multilingual_v2", "eleven_v3"]


@pytest.mark.parametrize(
    ("models", "day", "usd"),
    [
        (FAST, date(2026, 6, 6), "0.05"),
        (FAST, date(2026, 7, 27), "0.05"),
        (FAST, date(2026, 10, 5), "0.05"),
        (FAST, date(2026, 10, 6), "0.04"),
        (FAST, date(2026, 11, 22), "0.04"),
        (FINE, date(2026, 6, 6), "0.10"),
        (FINE, date(2026, 10, 5), "0.10"),
        (FINE, date(2026, 10, 6), "0.08"),
        (FINE, date(2026, 11, 22), "0.08"),
        (["eleven_v4_turbo"], date(2026, 9, 28), "0.04"),
        (["eleven_v4"], date(2026, 9, 28), "0.08"),
    ],
)
def test_speech_by_the_thousand_characters(models, day, usd):
    at = datetime.combine(day, datetime.min.time(), UTC)
    for model in models:
        assert cost(model, {CHARS: 1000}, at=at) == Decimal(usd)
        assert cost(model, {CHARS: 7}, at=at) == Decimal(usd) * 7 / 1000


@pytest.mark.parametrize(
    ("day", "confidence"),
    [
        (date(2026, 7, 1), "exact"),
        (date(2026, 8, 15), "estimated"),  # the price fell some day between
        (date(2026, 11, 22), "estimated"),  # and no price page was seen since
    ],
)
def test_what_sources_disagree_on_is_not_exact(day, confidence):
    at = datetime.combine(day, datetime.min.time(), UTC)
    made = quote("eleven_flash_v2_5", {CHARS: 1000}, at=at)
    assert made.confidence == confidence
    assert ("disputed" in made.source) == (confidence == "estimated")


@pytest.mark.parametrize(
    ("plan", "usd"),
    [("creator", "0.30"), ("pro", "0.24"), ("scale", "0.18"), ("business", "0.12")],
)
def test_speech_by_the_credit(plan, usd):
    half, whole = Decimal(usd) / 2, Decimal(usd)
    for model in [*FAST, "eleven_v4_turbo"]:
        assert cost(model, {CHARS: 1000}, plan=plan) == half
    for model in [*FINE, "eleven_v4", "eleven_multilingual_v1", "eleven_monolingual_v1"]:
        assert cost(model, {CHARS: 1000}, plan=plan) == whole
    said = quote("eleven_flash_v2_5", {CHARS: 1000, CREDITS: 1000}, plan=plan)
    assert said.amount_usd == whole  # a voice that costs twice as much, and the vendor said so
    (line,) = said.lines
    assert (line.unit, line.billed) == (CREDITS, 1000)


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("scribe_v1", "0.22"),
        ("scribe_v1_experimental", "0.22"),
        ("scribe_v2", "0.22"),
        ("scribe_v2_realtime", "0.39"),
    ],
)
@pytest.mark.parametrize("plan", [None, "creator", "business"])
@pytest.mark.parametrize("mode", ["streaming", "batch", "realtime"])
def test_hearing_by_the_hour(model, usd, plan, mode):
    """Also of an object made by hand, which declares neither plan nor mode."""
    made = quote(model, {SECONDS: 3600, Unit.SESSION_SECONDS: 4000}, plan=plan, mode=mode)
    assert made.amount_usd == Decimal(usd)
    assert made.confidence == "exact"
    assert cost(model, {SECONDS: 9}, plan=plan) == Decimal(usd) * 9 / 3600


@pytest.mark.parametrize(
    ("addons", "usd"),
    [
        ({"entity_detection"}, "0.286"),
        ({"entity_redaction"}, "0.286"),
        ({"speaker_roles"}, "0.242"),
        ({"keyterms"}, "0.264"),
        ({"keyterms", "over_100_keyterms"}, "0.264"),
        ({"entity_detection", "speaker_roles", "keyterms"}, "0.352"),
    ],
)
def test_add_ons(addons, usd):
    assert cost("scribe_v2", {SECONDS: 3600}, addons=frozenset(addons)) == Decimal(usd)


def test_over_a_hundred_key_terms_are_billed_for_20_s():
    addons = frozenset({"keyterms", "over_100_keyterms"})
    made = quote("scribe_v2", {SECONDS: 9}, addons=addons)
    assert [(line.quantity, line.billed) for line in made.lines] == [(9, 20), (9, 20)]
    assert "at least 20 audio_seconds" in made.lines[0].rule
    assert cost("scribe_v2", {SECONDS: 36}, addons=addons) == Decimal("0.00264")
    assert cost("scribe_v2", {SECONDS: 0}, addons=addons) == 0


def test_what_no_source_says_has_no_price():
    realtime = quote("scribe_v2_realtime", {SECONDS: 3600}, addons=frozenset({"keyterms"}))
    assert (realtime.amount_usd, realtime.unpriced) == (None, (SECONDS,))
    conversational = quote("eleven_v3_conversational", {CHARS: 1000})
    assert (conversational.amount_usd, conversational.confidence) == (None, "unknown")
    assert cost("eleven_flash_v2_5", {CHARS: 1}, at=datetime(2026, 6, 5, tzinfo=UTC)) is None
    assert quote("scribe_v3", {SECONDS: 3600}) is None
    assert quote("whisper", {CHARS: 1000}) is None


def test_a_voice_that_costs_a_multiple():
    made = quote("eleven_flash_v2_5", {CHARS: 1000, CREDITS: 1500})
    assert (made.amount_usd, made.confidence) == (Decimal("0.12"), "estimated")
    (line,) = made.lines
    assert (line.quantity, line.billed) == (1000, 3000)


@pytest.mark.parametrize("said", [500, 501, 499, 150, 0])
def test_credits_of_an_ordinary_voice_change_no_price(said):
    units = {CHARS: 1000, CREDITS: said}
    assert cost("eleven_flash_v2_5", units) == Decimal("0.04")


def test_a_multiple_of_a_price_that_is_not_known():
    assert cost("eleven_v3_conversational", {CHARS: 1000, CREDITS: 5000}) is None


@pytest.mark.parametrize(
    ("model", "characters", "expected"),
    [
        ("eleven_flash_v2_5", 5, 3),
        ("eleven_flash_v2_5", 54, 27),
        ("eleven_v4_turbo", 3, 2),
        ("eleven_multilingual_v2", 5, 5),
        ("eleven_v4", 5, 5),
        ("eleven_flash_v2_5", 0, 0),
        ("sonic-3", 5, None),
    ],
)
def test_credits(model, characters, expected):
    assert credits_for(model, Decimal(characters)) == expected


def test_every_entry_says_where_it_is_from():
    for entry in catalog().entries:
        assert entry.checked_on == date(2026, 11, 22)
        assert entry.source_url.startswith("https://")
    rates = list(voicegw_elevenlabs.list_rates())
    assert len(rates) == len(catalog().entries)
