"""Realtime transcription: text and audio tokens apart, and the seconds that LiveKit leaves out."""

import asyncio
import contextlib
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIStatusError

from voicegateway import inference
from voicegateway.testing import Fault, retries, silence
from voicegateway.types import Unit


@contextlib.asynccontextmanager
async def listener(at, model="gpt-4o-transcribe", **options):
    made = inference.STT(f"openai/{model}", **at, **options)
    try:
        yield made
    finally:
        await made.aclose()


def opened(stt, seconds=2, retry=0):
    stream = stt.stream(conn_options=retries(retry))
    for _ in range(seconds * 50):
        stream.push_frame(silence(480, 24_000))
    return stream


async def hear(stream):
    """Until a transcription is over: OpenAI never ends a stream."""
    async with stream:
        async for event in stream:
            if event.recognition_usage is not None:
                return


async def row_of_one(bench, at, model="gpt-4o-transcribe", seconds=2, **options):
    async with listener(at, model, **options) as stt:
        await hear(opened(stt, seconds))
    (row,) = await bench.rows()
    return row


REALTIME = {"use_realtime": True}
BY_CLIENT = {"extra_kwargs": {"vad": None}}


async def test_audio_tokens_are_billed(bench, at):
    row = await row_of_one(bench, at, **REALTIME)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units == {Unit.INPUT_AUDIO_TOKENS: 20, Unit.OUTPUT_TOKENS: 11}
    assert row.quote.amount_usd == Decimal("0.00016")
    assert row.vendor_request_id == "item_1"


@pytest.mark.parametrize(
    ("model", "options", "usd"),
    [
        ("gpt-realtime-whisper", BY_CLIENT, "0.00085"),
        ("gpt-live-transcribe", BY_CLIENT, "0.00085"),
        ("whisper-1", REALTIME, "0.0003"),
    ],
)
async def test_seconds_that_livekit_leaves_out_are_billed(bench, at, model, options, usd):
    row = await row_of_one(bench, at, model, seconds=3, **options)
    assert row.units == {Unit.AUDIO_SECONDS: 3}
    assert (row.verdict, row.quote.amount_usd) == ("confirmed", Decimal(usd))
    assert row.quote.confidence == "exact"


async def test_a_transcription_that_comes_twice_is_billed_once(bench, cloud, at):
    cloud.fault = Fault.USAGE_TWICE
    row = await row_of_one(bench, at, **REALTIME)
    assert row.verdict == "duplicate"
    assert row.units == {Unit.INPUT_AUDIO_TOKENS: 20, Unit.OUTPUT_TOKENS: 11}


async def test_silence_is_not_billed(bench, cloud, at):
    cloud.commits = False
    async with listener(at, **REALTIME) as stt, opened(stt):
        await cloud.told(20)
    (row,) = await bench.rows()
    assert (row.verdict, dict(row.units), row.quote.amount_usd) == ("confirmed", {}, 0)


async def test_a_connection_that_is_lost_in_silence_is_not_called_free(bench, cloud, at):
    cloud.fault = Fault.CLOSE_MID_STREAM
    async with listener(at, **REALTIME) as stt:
        with pytest.raises(APIStatusError):
            await hear(opened(stt))
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "measured", "usage_missing")
    assert row.units[Unit.AUDIO_SECONDS] == 2


async def test_without_usage_the_audio_that_was_sent_is_an_estimate(bench, cloud, at):
    cloud.fault = Fault.NO_USAGE
    row = await row_of_one(bench, at, **REALTIME)
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units[Unit.AUDIO_SECONDS] == 2
    assert row.quote.amount_usd == Decimal("0.0002")
    assert row.quote.confidence == "estimated"


async def test_the_connection_is_configured_as_asked(bench, cloud, at):
    await row_of_one(bench, at, language="de", **REALTIME)
    (upgrade,) = [request for request in cloud.received if request.path == "/v1/realtime"]
    assert upgrade.query["intent"] == "transcription"
    update = next(m for m in cloud.messages if m["type"] == "session.update")
    told = update["session"]["audio"]["input"]["transcription"]
    assert told == {"model": "gpt-4o-transcribe", "language": "de"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SERVER_ERROR, "APIStatusError 500"), (Fault.WRONG_KEY, "APIStatusError 401")],
)
async def test_a_connection_that_is_refused_is_an_error_that_livekit_knows(
    bench, cloud, at, fault, error
):
    cloud.fault = fault
    async with listener(at, **REALTIME) as stt:
        with pytest.raises(APIStatusError):
            await hear(opened(stt))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", error)


async def test_a_refused_connection_is_tried_again(bench, cloud, at):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    async with listener(at, **REALTIME) as stt:
        await hear(opened(stt, retry=1))
    rows = await bench.rows()
    assert [(row.attempt, row.outcome) for row in rows] == [(1, "failed"), (2, "completed")]
    assert rows[1].units == {Unit.INPUT_AUDIO_TOKENS: 20, Unit.OUTPUT_TOKENS: 11}


async def test_nobody_there_is_an_error_that_livekit_knows(bench, at):
    async with listener({**at, "base_url": "http://127.0.0.1:9"}, **REALTIME) as stt:
        with pytest.raises(APIConnectionError):
            await hear(opened(stt))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", "APIConnectionError")


async def test_two_streams_at_once_do_not_mix(bench, at):
    async with listener(at, **REALTIME) as stt:
        await asyncio.gather(hear(opened(stt, 1)), hear(opened(stt, 3)))
    heard = sorted(row.units[Unit.INPUT_AUDIO_TOKENS] for row in await bench.rows())
    assert heard == [10, 30]


async def test_streams_one_after_the_other_keep_to_their_own(bench, at):
    async with listener(at, **REALTIME) as stt:
        for seconds in (1, 2):
            await hear(opened(stt, seconds))
    rows = await bench.rows()
    assert [row.units[Unit.INPUT_AUDIO_TOKENS] for row in rows] == [10, 20]
    assert [row.outcome for row in rows] == ["completed", "completed"]
