"""Which count is priced, from reports that no cloud need make."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import voicegw_cartesia
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def report(modality, measured, reported=None, *, model="sonic-3", outcome="completed", **vendor):
    unit = Unit.CHARACTERS if modality is Modality.TTS else Unit.AUDIO_SECONDS
    return StreamReport(
        call_id="call",
        attempt=1,
        provider="cartesia",
        model=model,
        modality=modality,
        terms=PriceTerms(AT),
        outcome=outcome,
        measured=Usage({unit: Decimal(measured)}, "measured"),
        reported=None if reported is None else Usage({unit: Decimal(reported)}),
        opened_at=AT,
        first_output_ms=50.0,
        duration_ms=100.0,
        vendor=vendor,
    )


def judged(*arguments, **keywords):
    verdict = voicegw_cartesia.validate_stream(report(*arguments, **keywords))
    (amount,) = verdict.billable.units.values()
    assert verdict.billable.basis == "measured"
    return verdict.status, amount, verdict.drift


@pytest.mark.parametrize(
    ("pushed", "characters", "status", "drift"),
    [
        (1000, 1000, "usage_missing", None),
        (1000, 980, "usage_missing", None),
        (1000, 979, "mismatch", Decimal("-0.021")),
        (10, 6, "usage_missing", None),
        (10, 5, "mismatch", Decimal("-0.5")),
    ],
)
def test_text_sent_and_text_given_may_differ_by_a_fiftieth(pushed, characters, status, drift):
    found = judged(Modality.TTS, pushed, characters=characters, sentences=1)
    assert found == (status, characters, drift)


def test_sentences_have_a_space_between_them():
    assert judged(Modality.TTS, 12, characters=10, sentences=3)[1] == 12


def test_messages_that_could_not_be_read_are_not_counted():
    found = judged(Modality.TTS, 12, characters=0, sentences=0, unreadable=True)
    assert found == ("usage_missing", 12, None)


def test_speech_came_so_text_must_have_been_sent():
    assert judged(Modality.TTS, 12, characters=0, sentences=0)[1] == 12


@pytest.mark.parametrize(
    ("model", "pushed", "sent", "expected"),
    [
        ("ink-2", 60, 60, ("usage_missing", 60, None)),
        ("ink-2", 60, 59, ("usage_missing", 59, None)),
        ("ink-2", 60, 30, ("mismatch", 30, Decimal("-0.5"))),
        ("ink-whisper", 60, 30, ("usage_missing", 60, None)),
        ("ink-whisper", 60, 90, ("mismatch", 90, Decimal("0.5"))),
    ],
)
def test_audio_is_what_the_client_sent(model, pushed, sent, expected):
    assert judged(Modality.STT, pushed, sent, model=model) == expected


def test_without_a_connection_nothing_was_heard():
    found = judged(Modality.STT, 60, model="ink-2", outcome="failed", connections=0)
    assert found == ("usage_missing", 0, None)
