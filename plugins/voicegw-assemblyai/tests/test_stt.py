"""Streaming on the loopback cloud: what the cloud was sent, and what the ledger says of it."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import AgentSession, APIConnectionError, APIStatusError, stt
from livekit.plugins import assemblyai

from voicegateway import attach
from voicegateway.testing import Fault, drain, retries, silence
from voicegateway.types import Unit

PRO = Decimal("0.000125")
"""A second of a session with a Universal-3 Pro model."""
TERMINATE = {"type": "Terminate"}


def push(stream, seconds=2):
    for _ in range(seconds * 50):
        stream.push_frame(silence())


async def listen(target, seconds=2, count=0):
    """The final transcripts of a stream."""
    async with target.stream(conn_options=retries(count)) as stream:
        push(stream, seconds)
        stream.end_input()
        kind = stt.SpeechEventType.FINAL_TRANSCRIPT
        return [event.alternatives[0].text async for event in stream if event.type is kind]


async def until_speech(stream):
    async for event in stream:
        if event.type is stt.SpeechEventType.START_OF_SPEECH:
            break


async def test_a_session(make, cloud, bench):
    cloud.session_seconds = 1
    assert await listen(make("STT", "universal-3-6-pro:es-MX")) == ["hello there"]
    (request,) = cloud.received
    assert (request.path, request.query["speech_model"]) == ("/v3/ws", "universal-3-6-pro")
    assert request.query["language_codes"] == '["es"]'
    (row,) = await bench.rows()
    assert row.units == {Unit.SESSION_SECONDS: 1, Unit.AUDIO_SECONDS: 2}
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert (row.quote.amount_usd, row.quote.confidence) == (PRO, "exact")
    assert row.ttfb_ms is None


async def test_a_stream_that_is_closed_says_goodbye_and_hears_what_it_cost(make, cloud, bench):
    """LiveKit's own hangs up: an agent would never learn the session's length."""
    cloud.session_seconds = 1
    stream = make("STT", "universal-3-6-pro").stream()
    push(stream)
    await until_speech(stream)
    await stream.aclose()
    assert cloud.messages == [TERMINATE]
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.quote.amount_usd == PRO


async def test_a_stream_that_ended_says_goodbye_once(make, cloud):
    await listen(make("STT", "universal-3-6-pro"))
    assert cloud.messages == [TERMINATE]


async def test_nobody_answers_the_goodbye(make, cloud, bench):
    cloud.is_deaf = True
    stream = make("STT", "universal-3-6-pro").stream()
    push(stream)
    await until_speech(stream)
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert row.units[Unit.SESSION_SECONDS] > 0
    assert row.quote.confidence == "estimated"


async def test_silence_is_billed_by_the_session(make, cloud, bench):
    cloud.session_seconds = 1
    target = make("STT", "universal-3-6-pro")
    async with target.stream() as stream:
        stream.push_frame(silence())
        stream.end_input()
        await drain(stream)
    (row,) = await bench.rows()
    assert row.units[Unit.AUDIO_SECONDS] == 0
    assert row.quote.amount_usd == PRO


async def test_the_vendors_count_is_priced_when_ours_differs(make, cloud, bench):
    cloud.session_seconds = 10_800
    await listen(make("STT", "universal-3-6-pro"))
    (row,) = await bench.rows()
    assert (row.verdict, row.quote.confidence) == ("mismatch", "estimated")
    assert row.quote.amount_usd == Decimal("1.35")


async def test_a_total_that_comes_twice_counts_once(make, cloud, bench):
    cloud.session_seconds, cloud.fault = 1, Fault.USAGE_TWICE
    await listen(make("STT", "universal-3-6-pro"))
    (row,) = await bench.rows()
    assert (row.verdict, row.quote.amount_usd) == ("duplicate", PRO)


async def test_keyterms_cost_extra(make, cloud, bench):
    cloud.session_seconds = 1
    target = make("STT", "universal-streaming-english", keyterms_prompt=["Sonny"])
    await listen(target)
    (row,) = await bench.rows()
    assert [line.rate_usd for line in row.quote.lines] == [Decimal("0.15"), Decimal("0.04")]


async def test_keyterms_of_a_session_cost_extra_from_the_next_stream_on(make, bench):
    target = make("STT", "universal-streaming-english")
    await listen(target)
    target._update_session_keyterms(["Sonny"])
    await listen(target)
    target._update_session_keyterms([])
    await listen(target)
    assert [len(row.quote.lines) for row in await bench.rows()] == [1, 2, 1]


async def test_what_an_add_on_costs_may_be_unknown(make, bench):
    await listen(make("STT", "universal-3-6-pro", domain="medical-v1"))
    (row,) = await bench.rows()
    assert row.quote.amount_usd is None
    assert "medical_mode" in row.quote.source


@pytest.mark.parametrize("fault", [Fault.WRONG_KEY, Fault.SERVER_ERROR])
async def test_a_session_that_is_refused_costs_nothing(make, cloud, bench, fault):
    cloud.fault = fault
    with pytest.raises(APIStatusError) as caught:
        await listen(make("STT", "universal-3-6-pro"))
    assert cloud.key not in repr(caught.value)
    (row,) = await bench.rows()
    assert (row.outcome, row.units) == ("failed", {Unit.SESSION_SECONDS: 0})
    assert row.quote.amount_usd == 0


async def test_nobody_there_costs_nothing(make, bench):
    with pytest.raises(APIConnectionError):
        await listen(make("STT", "universal-3-6-pro", base_url="http://127.0.0.1:9"))
    (row,) = await bench.rows()
    assert (row.outcome, row.quote.amount_usd) == ("failed", 0)


async def test_a_retry_is_a_row_of_its_own(make, cloud, bench):
    """LiveKit's own would not try again: aiohttp's error is not one of its own."""
    cloud.session_seconds, cloud.fault, cloud.times = 1, Fault.RATE_LIMITED, 1
    assert await listen(make("STT", "universal-3-6-pro"), count=1) == ["hello there"]
    first, second = await bench.rows()
    assert first.call_id == second.call_id
    assert (first.outcome, second.outcome) == ("failed", "completed")
    assert (first.quote.amount_usd, second.quote.amount_usd) == (0, PRO)


async def test_a_connection_that_breaks_is_a_failed_row_with_our_own_time(make, cloud, bench):
    cloud.fault = Fault.CLOSE_MID_STREAM
    stream = make("STT", "universal-3-6-pro").stream(conn_options=retries(0))
    push(stream)
    with pytest.raises(APIStatusError):
        await drain(stream)
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "measured", "usage_missing")
    assert row.units[Unit.SESSION_SECONDS] > 0
    assert row.quote.amount_usd > 0


async def test_two_sessions_at_once_are_billed_both(make, cloud, bench):
    cloud.session_seconds = 1
    target = make("STT", "universal-3-6-pro")
    await asyncio.gather(listen(target, 1), listen(target, 3))
    rows = await bench.rows()
    assert sorted(row.units[Unit.AUDIO_SECONDS] for row in rows) == [1, 3]
    assert sum(row.quote.amount_usd for row in rows) == 2 * PRO


async def test_an_object_built_by_hand(bench, cloud):
    target = assemblyai.STT(api_key=cloud.key, base_url=cloud.ws_url)
    attach(AgentSession(stt=target))
    await listen(target)
    (row,) = await bench.rows()
    assert (row.provider, row.model) == ("assemblyai", "universal-3-6-pro")
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units[Unit.AUDIO_SECONDS] == 2
    assert row.quote.amount_usd > 0
