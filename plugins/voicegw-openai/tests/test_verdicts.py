"""Which count is priced, and what the verdict is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import voicegw_openai
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def units(**counts):
    return {Unit(name): Decimal(count) for name, count in counts.items()}


def judged(model, modality, measured, *, reported=None, mode="batch", basis="measured", **more):
    report = {
        "call_id": "1",
        "attempt": 1,
        "provider": "openai",
        "outcome": "completed",
        "opened_at": NOW,
        "first_output_ms": 1.0,
        "duration_ms": 2.0,
    } | more
    return voicegw_openai.validate_stream(
        StreamReport(
            model=model,
            modality=modality,
            terms=PriceTerms(at=NOW, mode=mode),
            measured=Usage(measured, basis),
            reported=Usage(reported) if reported else None,
            **report,
        )
    )


def spoken(model="gpt-4o-mini-tts", **more):
    measured = units(characters=44, audio_seconds="2.2")
    return judged(model, Modality.TTS, measured, **more)


def heard(facts, model="whisper-1", seconds="3", **more):
    measured = units(audio_seconds=seconds)
    return judged(model, Modality.STT, measured, vendor=facts, **more)


def test_tokens_of_speech_agree_with_the_audio_that_came():
    verdict = spoken(reported=units(input_tokens=11, output_audio_tokens=44))
    assert (verdict.status, verdict.drift) == ("confirmed", 0)
    assert verdict.billable.units == units(input_tokens=11, output_audio_tokens=44)


def test_tokens_of_speech_that_nobody_heard_are_a_mismatch():
    verdict = spoken(reported=units(input_tokens=11, output_audio_tokens=440))
    assert verdict.status == "mismatch"
    assert verdict.billable.units[Unit.OUTPUT_AUDIO_TOKENS] == 440


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("completed", "usage_missing"),
        ("failed", "usage_missing"),
        ("cancelled", "cancelled_partial"),
    ],
)
def test_speech_without_usage_is_estimated_in_tokens(outcome, status):
    verdict = spoken(outcome=outcome)
    assert (verdict.status, verdict.billable.basis) == (status, "estimated")
    assert verdict.billable.units == units(input_tokens=11, output_audio_tokens=44)


def test_speech_that_was_never_asked_for_has_no_units():
    verdict = judged("gpt-4o-mini-tts", Modality.TTS, {}, outcome="cancelled")
    assert verdict.billable.units == {}


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "tts-1-1106"])
def test_characters_are_ours_to_count(model):
    verdict = spoken(model)
    assert (verdict.status, verdict.billable.basis) == ("unverifiable", "measured")
    assert verdict.billable.units[Unit.CHARACTERS] == 44
    assert spoken(model, outcome="cancelled").status == "cancelled_partial"


def test_seconds_of_a_transcription_agree_within_one():
    verdict = heard({"transcriptions": 1, "seconds": Decimal(4)})
    assert (verdict.status, verdict.billable.units) == ("confirmed", units(audio_seconds=4))
    assert heard({"transcriptions": 1, "seconds": Decimal("4.1")}).status == "mismatch"


def test_a_realtime_stream_may_be_billed_for_less_than_was_sent_and_not_for_more():
    said = {"transcriptions": 1, "seconds": Decimal(2), "connected": True}
    verdict = heard(said, seconds="60", mode="realtime")
    assert (verdict.status, verdict.billable.units) == ("confirmed", units(audio_seconds=2))
    said["seconds"] = Decimal(70)
    assert heard(said, seconds="60", mode="realtime").status == "mismatch"


def test_tokens_of_a_transcript_must_be_plausible():
    facts = {"transcriptions": 1, "audio_tokens": 30, "text_tokens": 0, "output_tokens": 11}
    assert heard(facts, "gpt-4o-transcribe", output_chars=43).status == "confirmed"
    facts["output_tokens"] = 43 + 9
    assert heard(facts, "gpt-4o-transcribe", output_chars=43).status == "mismatch"
    facts["output_tokens"] = 3
    assert heard(facts, "gpt-4o-transcribe", output_chars=430).status == "mismatch"


def test_a_transcription_that_came_twice_counts_once():
    facts = {"transcriptions": 1, "repeated": 1, "seconds": Decimal(3)}
    verdict = heard(facts)
    assert (verdict.status, verdict.billable.units) == ("duplicate", units(audio_seconds=3))


def test_a_piece_that_was_committed_and_never_came_is_said():
    facts = {"transcriptions": 1, "committed": 3, "failed_transcriptions": 1, "seconds": Decimal(3)}
    verdict = heard(facts, mode="realtime")
    assert verdict.status == "usage_missing"
    assert "1 of 3" in verdict.note


def test_silence_on_a_realtime_connection_costs_nothing():
    verdict = heard({"connected": True}, "gpt-4o-transcribe", "600", mode="realtime")
    assert (verdict.status, dict(verdict.billable.units)) == ("confirmed", {})


@pytest.mark.parametrize(
    ("facts", "model", "outcome"),
    [
        ({}, "gpt-4o-transcribe", "completed"),
        ({"connected": True}, "gpt-4o-transcribe", "failed"),
        ({"connected": True, "heard_speech": True}, "gpt-4o-transcribe", "completed"),
        ({"connected": True, "committed": 1}, "gpt-4o-transcribe", "completed"),
        ({"connected": True}, "gpt-realtime-whisper", "completed"),
        ({"connected": True}, "gpt-live-transcribe", "completed"),
    ],
)
def test_otherwise_what_was_sent_is_counted(facts, model, outcome):
    verdict = heard(facts, model, "600", mode="realtime", outcome=outcome)
    assert (verdict.status, verdict.billable.basis) == ("usage_missing", "measured")
    assert verdict.billable.units == units(audio_seconds=600)


def test_an_object_built_by_hand_has_only_what_livekit_reads():
    said = units(audio_seconds=2, input_audio_tokens=20, output_tokens=9)
    verdict = heard({}, "gpt-4o-transcribe", "60", mode="streaming", reported=said)
    assert (verdict.status, verdict.billable.basis) == ("unverifiable", "reported")
    assert verdict.billable.units == units(input_audio_tokens=20, output_tokens=9)
    spoke = units(audio_seconds=2)  # how long somebody spoke, which nobody bills
    verdict = heard({}, "gpt-realtime-whisper", "60", mode="streaming", reported=spoke)
    assert (verdict.status, verdict.billable.units) == ("usage_missing", units(audio_seconds=60))


def test_the_usage_of_an_answer_wins_over_what_livekit_made_of_it():
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 12,
        "prompt_tokens_details": {"audio_tokens": 60},
    }
    verdict = judged(
        "gpt-audio",
        Modality.LLM,
        units(input_tokens=90, output_tokens=12),
        basis="estimated",
        reported=units(input_tokens=100, output_tokens=12),
        vendor={"usage": usage, "totals": 1, "usage_events": 1},
    )
    assert verdict.status == "confirmed"
    assert verdict.billable.units == units(input_tokens=40, input_audio_tokens=60, output_tokens=12)


def test_a_model_that_reasoned_may_report_more_than_was_seen():
    measured = units(input_tokens=10, output_tokens=20)
    said = units(input_tokens=10, output_tokens=500)
    language = {"basis": "estimated", "reported": said}
    plain = judged("gpt-5", Modality.LLM, measured, **language)
    assert plain.status == "mismatch"
    thought = {"reasoning_tokens": 480}
    assert judged("gpt-5", Modality.LLM, measured, vendor=thought, **language).status == "confirmed"
