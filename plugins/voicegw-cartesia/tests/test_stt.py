"""Recognition on the loopback cloud: what the cloud was sent, and what the ledger says of it."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIStatusError, stt
from livekit.plugins import cartesia

from voicegateway import attach
from voicegateway.testing import Fault, drain, retries, silence
from voicegateway.types import Unit

SECONDS = Decimal(2)
INK_2 = Decimal("0.0003")
"""Two seconds at 3 credits on the plan Pro."""


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


@pytest.mark.parametrize(
    ("model", "path", "rate"),
    [("ink-2", "/stt/turns/websocket", 3), ("ink-whisper", "/stt/websocket", 1)],
)
async def test_a_stream(make, cloud, bench, model, path, rate):
    assert await listen(make("STT", model, plan="pro")) == ["hello there"]
    (request,) = cloud.received
    assert (request.path, request.query["model"]) == (path, model)
    (row,) = await bench.rows()
    assert row.units[Unit.AUDIO_SECONDS] == SECONDS
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert row.quote.amount_usd == SECONDS * rate * 5 / 100_000
    assert row.quote.confidence == "estimated"
    assert row.ttfb_ms is None


async def test_the_language_arrives(make, cloud):
    await listen(make("STT", "ink-whisper:es-MX"))
    assert cloud.received[0].query["language"] == "es"


async def test_keyterms_and_thresholds_arrive(make, cloud):
    target = make("STT", "ink-2", keyterm=["Sonic"], turn_end_threshold=0.3)
    await listen(target)
    query = cloud.received[0].query
    assert (query["keyterm"], query["turn_end_threshold"]) == ("Sonic", "0.3")


async def test_the_vendors_request_id_is_kept(make, bench):
    await listen(make("STT", "ink-2"))
    (row,) = await bench.rows()
    assert row.vendor_request_id == "request-1"


async def test_whisper_after_its_last_final_is_counted_too(make, cloud, bench):
    target = make("STT", "ink-whisper", plan="pro")
    async with target.stream() as stream:
        push(stream)
        stream.flush()
        async for event in stream:
            if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                break
        push(stream, 3)
        await asyncio.sleep(0.05)
    (row,) = await bench.rows()
    assert row.units[Unit.AUDIO_SECONDS] == 5
    assert row.quote.amount_usd == Decimal("0.00025")


async def test_a_refused_key_costs_nothing_and_is_exact(make, cloud, bench):
    cloud.fault = Fault.WRONG_KEY
    with pytest.raises(APIStatusError):
        await listen(make("STT", "ink-2", plan="pro"))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", "APIStatusError 401")
    assert row.units == {Unit.AUDIO_SECONDS: 0}
    assert row.quote.amount_usd == 0


async def test_nobody_there_costs_nothing(make, bench):
    with pytest.raises(APIConnectionError):
        await listen(make("STT", "ink-whisper", base_url="http://127.0.0.1:9"))
    (row,) = await bench.rows()
    assert (row.outcome, row.quote.amount_usd) == ("failed", 0)


async def test_a_retry_hears_what_was_said_before_it(make, cloud, bench):
    """Also if the input has ended meanwhile, which LiveKit's own stream takes for its end."""
    cloud.fault, cloud.times = Fault.RATE_LIMITED, 1
    assert await listen(make("STT", "ink-2", plan="pro"), count=1) == ["hello there"]
    first, second = await bench.rows()
    assert first.call_id == second.call_id
    assert [(row.attempt, row.outcome) for row in (first, second)] == [
        (1, "failed"),
        (2, "completed"),
    ]
    assert (first.quote.amount_usd, second.quote.amount_usd) == (0, INK_2)


@pytest.mark.parametrize("model", ["ink-2", "ink-whisper"])
async def test_a_connection_that_breaks_is_a_failed_row_with_what_was_sent(
    make, cloud, bench, model
):
    cloud.fault = Fault.CLOSE_MID_STREAM
    stream = make("STT", model, plan="pro").stream(conn_options=retries(0))
    push(stream)
    with pytest.raises(APIConnectionError):
        await drain(stream)
    (row,) = await bench.rows()
    assert row.outcome == "failed"
    assert 0 < row.units[Unit.AUDIO_SECONDS] <= SECONDS
    assert row.quote.amount_usd > 0


async def test_a_stream_that_is_cut_off_is_billed_for_what_was_sent(make, bench):
    stream = make("STT", "ink-2", plan="pro").stream()
    push(stream)
    async for event in stream:
        if event.type is stt.SpeechEventType.START_OF_SPEECH:
            break
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("completed", "usage_missing")
    assert Decimal("1.8") <= row.units[Unit.AUDIO_SECONDS] <= SECONDS


async def test_two_streams_at_once(make, bench):
    target = make("STT", "ink-2", plan="pro")
    await asyncio.gather(listen(target, 1), listen(target, 3))
    rows = await bench.rows()
    assert sorted(row.units[Unit.AUDIO_SECONDS] for row in rows) == [1, 3]
    assert sum(row.quote.amount_usd for row in rows) == Decimal("0.0006")


async def test_without_a_plan_the_dearest_is_assumed_and_said(make, bench):
    await listen(make("STT", "ink-2"))
    (row,) = await bench.rows()
    assert (row.quote.amount_usd, row.quote.confidence) == (INK_2, "estimated")
    assert "no plan was given" in row.quote.source


async def test_an_object_built_by_hand(bench, cloud):
    from livekit.agents import AgentSession

    target = cartesia.STT(model="ink-2", api_key=cloud.key, base_url=cloud.url)
    attach(AgentSession(stt=target))
    stream = target.stream()
    push(stream)
    await asyncio.sleep(0)
    stream.end_input()
    await drain(stream)
    (row,) = await bench.rows()
    assert (row.provider, row.units[Unit.AUDIO_SECONDS]) == ("cartesia", SECONDS)
    assert (row.verdict, row.quote.amount_usd) == ("usage_missing", INK_2)
