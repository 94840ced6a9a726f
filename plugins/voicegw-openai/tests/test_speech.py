"""Text-to-speech: by characters or by tokens."""

import asyncio
import contextlib
import io
from decimal import Decimal

import av
import pytest
from livekit.agents import APIConnectionError, APIError
from livekit.plugins import openai

from voicegateway import inference
from voicegateway.testing import Fault, drain, retries
from voicegateway.types import Unit

TEXT = "The quick brown fox jumps over the lazy dog."
PCM = {"response_format": "pcm"}


@contextlib.asynccontextmanager
async def speaker(at, model="gpt-4o-mini-tts", **options):
    made = inference.TTS(f"openai/{model}", **at, **options)
    try:
        yield made
    finally:
        await made.aclose()


async def row_of_one(bench, at, model="gpt-4o-mini-tts", text=TEXT, **options):
    async with speaker(at, model, **options) as tts:
        await drain(tts.synthesize(text, conn_options=retries(0)))
    (row,) = await bench.rows()
    return row


async def test_tokens_are_billed(bench, at):
    row = await row_of_one(bench, at, **PCM)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units == {Unit.INPUT_TOKENS: 11, Unit.OUTPUT_AUDIO_TOKENS: 44}
    assert row.quote.amount_usd == Decimal("0.0005346")
    assert row.quote.confidence == "exact"
    assert 0 < row.ttfb_ms < row.duration_ms
    assert row.vendor_request_id == "req_1"


async def test_instructions_are_billed_as_text(bench, cloud, at):
    row = await row_of_one(bench, at, instructions="Speak like a fox.", **PCM)
    assert row.units[Unit.INPUT_TOKENS] == 11 + 5
    assert cloud.received[-1].json()["instructions"] == "Speak like a fox."


@pytest.mark.parametrize(("model", "usd"), [("tts-1", "0.00066"), ("tts-1-hd", "0.00132")])
async def test_characters_are_billed(bench, cloud, at, model, usd):
    row = await row_of_one(bench, at, model, **PCM)
    assert (row.basis, row.verdict) == ("measured", "unverifiable")
    assert row.units[Unit.CHARACTERS] == 44
    assert Decimal("2.2") <= row.units[Unit.AUDIO_SECONDS] < Decimal("2.3")
    assert row.quote.amount_usd == Decimal(usd)
    assert cloud.received[-1].json()["stream_format"] == "audio"


async def test_characters_are_code_points_of_what_was_sent(bench, cloud, at):
    text = "Grüße, 狐狸 🦊!\n"
    row = await row_of_one(bench, at, "tts-1", text, **PCM)
    assert row.units[Unit.CHARACTERS] == len(text) == 13
    assert cloud.received[-1].json()["input"] == text


@pytest.mark.parametrize(
    ("model", "voice", "sent"),
    [("tts-1:nova", None, "nova"), ("tts-1:nova", "sage", "sage"), ("tts-1", None, "ash")],
)
async def test_the_voice_arrives(bench, cloud, at, model, voice, sent):
    await row_of_one(bench, at, model, voice=voice, **PCM)
    assert cloud.received[-1].json()["voice"] == sent


async def test_the_default_format_is_decoded(bench, cloud, at):
    cloud.encoded = _mp3(seconds=2)
    row = await row_of_one(bench, at, "tts-1")
    assert cloud.received[-1].json()["response_format"] == "mp3"
    assert Decimal("1.9") < row.units[Unit.AUDIO_SECONDS] < Decimal("2.2")


async def test_barge_in_is_estimated_in_tokens(bench, cloud, at):
    cloud.pause = 0.05
    async with speaker(at, **PCM) as tts:
        stream = tts.synthesize(TEXT, conn_options=retries(0))
        await anext(stream)
        await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "estimated", "cancelled_partial")
    assert row.units[Unit.INPUT_TOKENS] == 11
    assert 0 < row.units[Unit.OUTPUT_AUDIO_TOKENS] < 44
    assert row.quote.confidence == "estimated"


async def test_barge_in_by_characters_is_billed_in_full(bench, cloud, at):
    cloud.pause = 0.05
    async with speaker(at, "tts-1", **PCM) as tts:
        stream = tts.synthesize(TEXT, conn_options=retries(0))
        await anext(stream)
        await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("cancelled", "cancelled_partial")
    assert row.units[Unit.CHARACTERS] == 44
    assert row.quote.amount_usd == Decimal("0.00066")


async def test_without_usage_tokens_are_estimated(bench, cloud, at):
    cloud.fault = Fault.NO_USAGE
    row = await row_of_one(bench, at, **PCM)
    assert (row.basis, row.verdict) == ("estimated", "usage_missing")
    assert row.units[Unit.INPUT_TOKENS] == 11
    assert 44 <= row.units[Unit.OUTPUT_AUDIO_TOKENS] <= 46


async def test_usage_that_comes_twice_counts_once(bench, cloud, at):
    cloud.fault = Fault.USAGE_TWICE
    row = await row_of_one(bench, at, **PCM)
    assert row.units == {Unit.INPUT_TOKENS: 11, Unit.OUTPUT_AUDIO_TOKENS: 44}


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "tts-1"])
async def test_a_retry_is_a_row_of_its_own(bench, cloud, at, model):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    async with speaker(at, model, **PCM) as tts:
        await drain(tts.synthesize(TEXT, conn_options=retries(1)))
    rows = await bench.rows()
    assert [(row.attempt, row.outcome) for row in rows] == [(1, "failed"), (2, "completed")]
    assert len({row.call_id for row in rows}) == 1


async def test_speech_that_breaks_off_is_a_failed_row(bench, cloud, at):
    cloud.fault = Fault.CLOSE_MID_STREAM
    async with speaker(at, **PCM) as tts:
        with pytest.raises((APIConnectionError, APIError)):
            await drain(tts.synthesize(TEXT, conn_options=retries(0)))
    (row,) = await bench.rows()
    assert (row.outcome, row.basis) == ("failed", "estimated")
    assert row.units[Unit.INPUT_TOKENS] == 11


async def test_two_at_once_do_not_mix(bench, at):
    async with speaker(at, **PCM) as tts:
        await asyncio.gather(
            *(drain(tts.synthesize(text, conn_options=retries(0))) for text in (TEXT, TEXT * 2))
        )
    rows = await bench.rows()
    assert sorted(row.units[Unit.OUTPUT_AUDIO_TOKENS] for row in rows) == [44, 88]


async def test_the_native_class_is_returned(bench, at):
    async with speaker(at) as tts:
        assert isinstance(tts, openai.TTS)


def _mp3(seconds):
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=24_000, layout="mono")
        for _ in range(seconds * 50):
            frame = av.AudioFrame(format="s16p", layout="mono", samples=480)
            frame.planes[0].update(bytes(960))
            frame.sample_rate = 24_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
