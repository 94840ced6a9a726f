"""Verdicts on reports that are hard to bring about with a cloud, and on objects built by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from calls import hear, hear_at_once, say
from livekit.agents import AgentSession
from livekit.plugins import deepgram

from voicegateway import attach
from voicegateway.types import Modality, PriceTerms, StreamReport, Unit, Usage
from voicegw_deepgram.verdict import judge_stream

AUDIO, CHARACTERS = Unit.AUDIO_SECONDS, Unit.CHARACTERS
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def report(modality, measured, *, outcome="completed", mode="streaming", reported=None, **vendor):
    return StreamReport(
        call_id="call",
        attempt=1,
        provider="deepgram",
        model="nova-3",
        modality=modality,
        terms=PriceTerms(at=NOW, mode=mode),
        outcome=outcome,
        measured=Usage(measured, "measured"),
        reported=reported,
        opened_at=NOW,
        first_output_ms=100.0,
        duration_ms=2000.0,
        vendor=vendor,
    )


def listened(pushed=10, **more):
    return judge_stream(report(Modality.STT, {AUDIO: Decimal(pushed)}, **more))


def spoken(given=20, **more):
    return judge_stream(report(Modality.TTS, {CHARACTERS: Decimal(given)}, **more))


@pytest.mark.parametrize(
    ("heard", "status", "billed"),
    [
        (100.0, "confirmed", 100),
        (98.0, "confirmed", 98),  # 2 %
        (97.9, "mismatch", Decimal("97.9")),
        (102.0, "confirmed", 102),
        (102.1, "mismatch", Decimal("102.1")),
    ],
)
def test_a_total_may_differ_by_two_percent(heard, status, billed):
    verdict = listened(100, sent_seconds=100.0, heard_seconds=heard, all_summarised=True)
    assert (verdict.status, verdict.billable.units[AUDIO]) == (status, billed)
    assert verdict.billable.basis == "reported"


@pytest.mark.parametrize(("heard", "status"), [(1.0, "confirmed"), (0.9, "mismatch")])
def test_a_short_total_may_differ_by_a_second(heard, status):
    verdict = listened(2, sent_seconds=2.0, heard_seconds=heard, all_summarised=True)
    assert verdict.status == status


@pytest.mark.parametrize(
    ("heard", "status", "billed", "basis"),
    [
        (99.0, "confirmed", 100, "measured"),
        (90.0, "usage_missing", 100, "measured"),
        (110.0, "mismatch", 110, "reported"),
    ],
)
def test_without_a_total_what_was_sent_is_billed_unless_more_was_heard(
    heard, status, billed, basis
):
    verdict = listened(100, sent_seconds=100.0, heard_seconds=heard, all_summarised=False)
    assert (verdict.status, verdict.billable.basis) == (status, basis)
    assert verdict.billable.units[AUDIO] == billed


def test_a_failed_attempt_is_not_confirmed_by_what_was_heard_so_far():
    verdict = listened(outcome="failed", sent_seconds=10.0, heard_seconds=10.0)
    assert (verdict.status, verdict.billable.basis) == ("usage_missing", "measured")


def test_livekits_own_seconds_are_not_believed():
    verdict = listened(10, reported=Usage({AUDIO: Decimal(15)}))
    assert (verdict.status, verdict.billable.units[AUDIO]) == ("usage_missing", 10)


@pytest.mark.parametrize("outcome", ["cancelled", "failed"])
def test_a_turn_that_did_not_end_is_added_as_it_was_sent(outcome):
    """Of 30 characters Deepgram has counted a turn of 12, of which it bills 10."""
    verdict = spoken(28, outcome=outcome, sent_characters=30, turns={"1": (12, 10)})
    assert verdict.billable.units[CHARACTERS] == 28
    assert verdict.billable.basis == "measured"
    assert verdict.status == ("cancelled_partial" if outcome == "cancelled" else "usage_missing")


def test_turns_are_added_up():
    verdict = spoken(28, sent_characters=30, turns={"1": (12, 10), "2": (18, 18)}, turn_messages=2)
    assert (verdict.status, verdict.billable.units[CHARACTERS]) == ("confirmed", 28)


def test_a_turn_that_was_counted_twice_is_billed_once():
    verdict = spoken(11, sent_characters=12, turns={"1": (12, 12)}, turn_messages=2)
    assert (verdict.status, verdict.billable.units[CHARACTERS]) == ("duplicate", 12)


@pytest.mark.parametrize("status", [400, 401, 402, 429])
def test_a_refused_request_did_nothing(status):
    for modality, unit in ((Modality.STT, AUDIO), (Modality.TTS, CHARACTERS)):
        given = report(modality, {unit: Decimal(9)}, mode="batch", http_status=status)
        verdict = judge_stream(given)
        assert dict(verdict.billable.units) == {unit: 0}
        assert str(status) in verdict.note


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -1.0, 1e300, "5", None, True])
def test_seconds_that_make_no_sense_are_not_there(odd):
    verdict = listened(10, heard_seconds=odd, all_summarised=True)
    assert (verdict.billable.basis, verdict.billable.units[AUDIO]) == ("measured", 10)


async def test_objects_that_were_built_by_hand_are_metered_too(bench, cloud):
    """Without our counters: the meter's own count is billed."""
    stt = deepgram.STT(api_key=cloud.key, base_url=f"{cloud.url}/v1/listen")
    tts = deepgram.TTS(api_key=cloud.key, base_url=f"{cloud.url}/v1/speak")
    attach(AgentSession(stt=stt, tts=tts))
    await hear(stt, 3.0)
    await hear_at_once(stt, 3.0)
    await say(tts, "Hello there.")
    await tts.aclose()
    rows = await bench.rows()
    assert [(row.basis, row.verdict) for row in rows] == [("measured", "usage_missing")] * 3
    assert [row.quote.amount_usd for row in rows] == [
        Decimal("0.00024"),
        Decimal("0.000215"),
        Decimal("0.00036"),
    ]


async def test_flux_that_was_built_by_hand_is_metered_too(bench, cloud):
    stt = deepgram.STTv2(api_key=cloud.key, base_url=f"{cloud.url}/v2/listen")
    tts = deepgram.TTSv2(api_key=cloud.key, base_url=f"{cloud.url}/v2/speak")
    attach(AgentSession(stt=stt, tts=tts))
    await hear(stt, 3.0)
    await say(tts, "Hello there.")
    await tts.aclose()
    rows = await bench.rows()
    assert [(row.basis, row.verdict) for row in rows] == [("measured", "usage_missing")] * 2
    assert rows[0].quote.amount_usd == Decimal("0.000325")
