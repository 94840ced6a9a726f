"""Which count is believed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage
from voicegw_local.selfhosted import verdict

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def report(modality, measured, reported, outcome="completed", basis="measured"):
    return StreamReport(
        call_id="c",
        attempt=1,
        provider="p",
        model="m",
        modality=modality,
        terms=PriceTerms(at=NOW),
        outcome=outcome,
        measured=Usage(measured, basis),
        reported=None if reported is None else Usage(reported),
        opened_at=NOW,
        first_output_ms=1.0,
        duration_ms=2.0,
    )


def units(**named):
    return {Unit(name): Decimal(str(value)) for name, value in named.items()}


TOKENS = units(input_tokens=20, cached_input_tokens=5, output_tokens=8)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("completed", "confirmed"), ("cancelled", "cancelled_partial"), ("failed", "confirmed")],
)
def test_tokens_are_the_engines(outcome, status):
    judged = verdict(report(Modality.LLM, {}, TOKENS, outcome))
    assert (judged.status, judged.billable.units, judged.billable.basis) == (
        status,
        TOKENS,
        "reported",
    )


def test_tokens_that_were_only_estimated_prove_nothing():
    measured = units(output_tokens=20)
    judged = verdict(report(Modality.LLM, measured, TOKENS, basis="estimated"))
    assert (judged.status, judged.drift) == ("confirmed", None)


def test_tokens_that_disagree():
    judged = verdict(report(Modality.LLM, units(output_tokens=10), TOKENS))
    assert (judged.status, judged.drift) == ("mismatch", Decimal("-0.2"))
    assert judged.billable.units == TOKENS


@pytest.mark.parametrize(
    ("outcome", "status"), [("cancelled", "cancelled_partial"), ("completed", "usage_missing")]
)
def test_tokens_that_were_never_counted(outcome, status):
    judged = verdict(report(Modality.LLM, units(output_tokens=1), None, outcome, "estimated"))
    assert (judged.status, judged.billable.basis) == (status, "estimated")


def test_audio_is_what_was_handed_over():
    measured = units(audio_seconds="7.98")
    judged = verdict(report(Modality.STT, measured, units(audio_seconds="5.02")))
    assert judged.status == "mismatch"
    assert judged.billable.units == measured
    assert round(judged.drift, 2) == Decimal("-0.37")


def test_audio_rounded_to_frames_is_no_difference():
    judged = verdict(report(Modality.STT, units(audio_seconds="2.00"), units(audio_seconds="2.01")))
    assert judged.status == "confirmed"


def test_characters_of_a_turn_that_was_cut_off():
    measured = units(characters=56)
    judged = verdict(report(Modality.TTS, measured, None, "cancelled"))
    assert (judged.status, judged.billable.units) == ("cancelled_partial", measured)


def test_counts_of_different_things():
    judged = verdict(report(Modality.TTS, units(characters=5), units(audio_seconds=1)))
    assert judged.status == "unverifiable"
