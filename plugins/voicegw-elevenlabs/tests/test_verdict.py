"""What of an attempt is priced, as ElevenLabs' answers can be."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import voicegw_elevenlabs
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CHARS, CREDITS, SECONDS = Unit.CHARACTERS, Unit.CREDITS, Unit.AUDIO_SECONDS


def judged(modality, measured, vendor=None, *, reported=None, outcome="completed", model=None):
    default = "eleven_flash_v2_5" if modality is Modality.TTS else "scribe_v2_realtime"
    return voicegw_elevenlabs.validate_stream(
        StreamReport(
            call_id="c",
            attempt=1,
            provider="elevenlabs",
            model=model or default,
            modality=modality,
            terms=PriceTerms(at=NOW),
            outcome=outcome,
            measured=Usage({unit: Decimal(str(n)) for unit, n in measured.items()}, "measured"),
            reported=None if reported is None else Usage({SECONDS: Decimal(str(reported))}),
            opened_at=NOW,
            first_output_ms=1.0,
            duration_ms=2.0,
            vendor=vendor or {},
        )
    )


def spoken(vendor=None, characters=100, **more):
    return judged(Modality.TTS, {CHARS: characters, SECONDS: 5}, vendor, **more)


def heard(vendor=None, seconds=10, **more):
    return judged(Modality.STT, {SECONDS: seconds}, vendor, **more)


@pytest.mark.parametrize(
    ("vendor", "units", "status"),
    [
        (
            {"character_count": "100", "character_cost": "50"},
            {CHARS: 100, CREDITS: 50},
            "confirmed",
        ),
        ({"character_count": "100"}, {CHARS: 100}, "confirmed"),
        ({"character_cost": "50"}, {CHARS: 100, CREDITS: 50}, "confirmed"),
        ({"character_cost": "51"}, {CHARS: 100, CREDITS: 51}, "confirmed"),
        ({"character_cost": "100"}, {CHARS: 100, CREDITS: 100}, "mismatch"),
        # fewer than the help centre's rate: 3 for 20 characters of Flash were seen in 2026
        ({"character_cost": "15"}, {CHARS: 100, CREDITS: 15}, "unverifiable"),
        # the count is what some documents call the cost
        ({"character_count": "50"}, {CHARS: 100, CREDITS: 50}, "confirmed"),
        (
            {"character_count": "50", "character_cost": "50"},
            {CHARS: 100, CREDITS: 50},
            "confirmed",
        ),
        (
            {"character_count": "70", "character_cost": "70"},
            {CHARS: 100, CREDITS: 70},
            "mismatch",
        ),
        ({"character_count": "15"}, {CHARS: 100, CREDITS: 15}, "unverifiable"),
        (
            {"character_count": "90", "character_cost": "45"},
            {CHARS: 90, CREDITS: 45},
            "mismatch",
        ),
        ({"character_count": "101"}, {CHARS: 101}, "mismatch"),
        (
            {"character_count": "100", "character_cost": "50", "times_sent": 2},
            {CHARS: 100, CREDITS: 50},
            "duplicate",
        ),
    ],
)
def test_headers(vendor, units, status):
    verdict = spoken(vendor)
    assert dict(verdict.billable.units) == units
    assert (verdict.billable.basis, verdict.status) == ("reported", status)


def test_drift_is_of_what_was_compared():
    assert spoken({"character_count": "110"}).drift == Decimal("0.1")
    assert spoken({"character_cost": "100"}).drift == 1


def test_a_model_whose_credits_are_not_known():
    verdict = spoken({"character_cost": "70"}, model="another")
    assert (verdict.status, verdict.billable.units[CREDITS]) == ("unverifiable", 70)


@pytest.mark.parametrize("value", ["", "many", "-1", "NaN", "1e99", None, [1]])
def test_headers_that_are_no_numbers(value):
    verdict = spoken({"character_count": value, "character_cost": value})
    assert (verdict.status, verdict.billable.units[CHARS]) == ("usage_missing", 100)


@pytest.mark.parametrize(
    ("sent", "characters"), [(101, 100), (57, 56), (0, 0), (None, 100), (1, 0)]
)
def test_text_over_a_socket(sent, characters):
    verdict = spoken({} if sent is None else {"sent_characters": sent})
    assert verdict.billable.units[CHARS] == characters
    assert (verdict.status, verdict.billable.basis) == ("usage_missing", "measured")


def test_a_turn_that_was_cut_off():
    assert spoken({"sent_characters": 57}, outcome="cancelled").status == "cancelled_partial"
    for vendor in ({"character_count": "100"}, {"character_cost": "50"}, {"character_cost": "9"}):
        assert spoken(vendor, outcome="cancelled").status == "cancelled_partial"


@pytest.mark.parametrize(
    ("said", "status"),
    [(10, "confirmed"), (10.9, "confirmed"), (11.5, "mismatch"), (8.5, "mismatch")],
)
def test_elevenlabs_own_duration(said, status):
    verdict = heard({"audio_duration_secs": said}, model="scribe_v2")
    assert verdict.status == status
    assert dict(verdict.billable.units) == {SECONDS: Decimal(str(said))}
    assert verdict.billable.basis == "reported"


@pytest.mark.parametrize(
    ("vendor", "reported", "seconds"),
    [
        ({}, None, 10),  # made by hand, cut off before the first report
        ({}, 5, 10),  # made by hand, cut off after it
        ({}, 10.3, Decimal("10.3")),  # made by hand, with added silence
        ({"audio_flushed": True}, 7, 7),  # cut off while some of it was waiting
        ({"audio_flushed": True}, 10.3, Decimal("10.3")),
        ({"audio_flushed": True}, None, 0),  # never connected
    ],
)
def test_audio_over_a_socket(vendor, reported, seconds):
    verdict = heard(vendor, reported=reported)
    assert verdict.billable.units[SECONDS] == seconds
    assert (verdict.status, verdict.billable.basis) == ("usage_missing", "measured")
