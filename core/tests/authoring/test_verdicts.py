"""When two counts agree, and which one is priced."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voicegateway.authoring import judge, judge_tokens
from voicegateway.authoring.verdicts import AUDIO, CHARACTERS
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage

AT = datetime(2026, 11, 22, tzinfo=UTC)


def report(measured, *, outcome="completed", basis="measured", **vendor):
    units = {unit: Decimal(value) for unit, value in measured.items()}
    return StreamReport(
        call_id="c",
        attempt=1,
        provider="acme",
        model="m",
        modality=Modality.STT,
        terms=PriceTerms(at=AT),
        outcome=outcome,
        measured=Usage(units, basis),
        reported=None,
        opened_at=AT,
        first_output_ms=None,
        duration_ms=1.0,
        vendor=vendor,
    )


@pytest.mark.parametrize(
    ("seen", "said", "status"),
    [
        ("2", "2", "confirmed"),
        ("2", "3", "confirmed"),
        ("2", "3.01", "mismatch"),
        ("100", "102", "confirmed"),
        ("100", "102.1", "mismatch"),
        ("0", "1", "confirmed"),
    ],
)
def test_audio_agrees_within_a_second_or_two_percent(seen, said, status):
    said = {Unit.AUDIO_SECONDS: Decimal(said)}
    verdict = judge(report({Unit.AUDIO_SECONDS: seen}), said, Unit.AUDIO_SECONDS, AUDIO)
    assert verdict.status == status
    assert verdict.billable == Usage(said, "reported")


def test_characters_agree_to_the_last():
    seen = report({Unit.CHARACTERS: 100})
    said = {Unit.CHARACTERS: Decimal(101)}
    verdict = judge(seen, said, Unit.CHARACTERS, CHARACTERS)
    assert (verdict.status, verdict.drift) == ("mismatch", Decimal("0.01"))
    assert "101" in verdict.note


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("completed", "usage_missing"),
        ("failed", "usage_missing"),
        ("cancelled", "cancelled_partial"),
    ],
)
def test_without_the_vendors_count_ours_is_priced(outcome, status):
    seen = report({Unit.AUDIO_SECONDS: 2}, outcome=outcome)
    verdict = judge(seen, None, Unit.AUDIO_SECONDS, AUDIO)
    assert (verdict.status, verdict.billable) == (status, seen.measured)


def test_a_total_that_came_twice_is_priced_once():
    said = {Unit.AUDIO_SECONDS: Decimal(2)}
    seen = report({Unit.AUDIO_SECONDS: 2})
    verdict = judge(seen, said, Unit.AUDIO_SECONDS, AUDIO, times_sent=2)
    assert (verdict.status, verdict.billable.units) == ("duplicate", said)


def test_counts_of_different_units_prove_nothing():
    said = {Unit.CREDITS: Decimal(2)}
    verdict = judge(report({Unit.AUDIO_SECONDS: 2}), said, Unit.AUDIO_SECONDS, AUDIO)
    assert verdict.status == "unverifiable"


@pytest.mark.parametrize(
    ("said", "reasoning", "status"),
    [
        (100, 0, "confirmed"),
        (108, 0, "confirmed"),
        (140, 0, "mismatch"),
        (140, 40, "confirmed"),
        (50, 40, "mismatch"),
    ],
)
def test_tokens_of_a_model_that_reasons_may_be_more_than_was_seen(said, reasoning, status):
    seen = report({Unit.OUTPUT_TOKENS: 100}, basis="estimated", reasoning_tokens=reasoning)
    units = {Unit.INPUT_TOKENS: Decimal(7), Unit.OUTPUT_TOKENS: Decimal(said)}
    assert judge_tokens(seen, units).status == status
