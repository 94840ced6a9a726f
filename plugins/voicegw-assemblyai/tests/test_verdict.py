"""Which count is priced, from reports that no cloud need make."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import voicegw_assemblyai
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SESSION, AUDIO, CHARACTERS = Unit.SESSION_SECONDS, Unit.AUDIO_SECONDS, Unit.CHARACTERS


def judged(modality, measured, *, outcome="completed", **vendor):
    report = StreamReport(
        call_id="call",
        attempt=1,
        provider="assemblyai",
        model="universal-3-6-pro",
        modality=modality,
        terms=PriceTerms(AT),
        outcome=outcome,
        measured=Usage({unit: Decimal(str(n)) for unit, n in measured.items()}, "measured"),
        reported=Usage({AUDIO: Decimal(1)}),
        opened_at=AT,
        first_output_ms=50.0,
        duration_ms=100.0,
        vendor=vendor,
    )
    return voicegw_assemblyai.validate_stream(report)


@pytest.mark.parametrize(
    ("measured", "said", "status"),
    [
        (300.4, 300, "confirmed"),
        (300, 301, "confirmed"),
        (300, 299, "confirmed"),
        (300, 302, "mismatch"),
        (10, 10_800, "mismatch"),
    ],
)
def test_a_session_is_whole_seconds_and_agrees_within_one(measured, said, status):
    verdict = judged(Modality.STT, {SESSION: measured}, session_duration_seconds=said)
    assert verdict.status == status
    assert verdict.billable == Usage({SESSION: Decimal(said)}, "reported")


def test_the_audio_that_was_heard_is_kept():
    verdict = judged(
        Modality.STT,
        {SESSION: 300, AUDIO: 60},
        session_duration_seconds=300,
        audio_duration_seconds=58,
    )
    assert verdict.billable.units == {SESSION: 300, AUDIO: 58}


def test_without_a_termination_our_own_time_is_priced_and_the_risk_is_said():
    verdict = judged(Modality.STT, {SESSION: 12.5, AUDIO: 10}, sessions=1)
    assert (verdict.status, verdict.billable.basis) == ("usage_missing", "measured")
    assert verdict.billable.units[SESSION] == Decimal("12.5")
    assert "three hours" in verdict.note


def test_without_a_session_nothing_is_billed():
    verdict = judged(Modality.STT, {SESSION: 5, AUDIO: 3}, outcome="failed", sessions=0)
    assert verdict.billable == Usage({SESSION: Decimal(0)}, "measured")


def test_sessions_that_are_told_twice_count_once():
    verdict = judged(Modality.STT, {SESSION: 300}, session_duration_seconds=300, terminations=2)
    assert (verdict.status, verdict.billable.units[SESSION]) == ("duplicate", 300)


def test_speech_is_as_long_as_assemblyai_says():
    verdict = judged(
        Modality.TTS, {CHARACTERS: 57, AUDIO: 2.21}, characters=55, sentences=2, audio_ms=2200
    )
    assert (verdict.status, verdict.billable.basis) == ("confirmed", "reported")
    assert verdict.billable.units == {CHARACTERS: 56, AUDIO: Decimal("2.2")}


def test_speech_of_another_length_is_a_mismatch():
    verdict = judged(Modality.TTS, {CHARACTERS: 57, AUDIO: 2}, audio_ms=9000)
    assert (verdict.status, verdict.drift) == ("mismatch", Decimal("3.5"))


def test_frames_that_could_not_be_read_are_not_counted():
    facts = {"characters": 0, "sentences": 0, "unreadable": True}
    verdict = judged(Modality.TTS, {CHARACTERS: 57, AUDIO: 2}, **facts)
    assert verdict.billable.units[CHARACTERS] == 57
