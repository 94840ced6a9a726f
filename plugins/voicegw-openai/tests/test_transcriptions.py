"""Speech-to-text on the transcriptions endpoint: the usage that LiveKit ignores is in the row."""

import contextlib
from decimal import Decimal

import pytest
from livekit.agents import APIStatusError
from livekit.plugins import openai

from voicegateway import inference
from voicegateway.testing import Fault, retries, silence
from voicegateway.types import Unit


@contextlib.asynccontextmanager
async def transcriber(at, model="gpt-4o-transcribe", **options):
    made = inference.STT(f"openai/{model}", **at, **options)
    try:
        yield made
    finally:
        await made.aclose()


async def row_of_one(bench, at, model="gpt-4o-transcribe", frames=100, **options):
    async with transcriber(at, model, **options) as stt:
        event = await stt.recognize([silence()] * frames, conn_options=retries(0))
    assert event.alternatives[0].text.startswith("The quick brown fox")
    (row,) = await bench.rows()
    return row


async def test_tokens_that_livekit_ignores_are_billed(bench, at):
    row = await row_of_one(bench, at)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units == {Unit.INPUT_AUDIO_TOKENS: 20, Unit.OUTPUT_TOKENS: 11}
    assert row.quote.amount_usd == Decimal("0.00016")
    assert row.quote.confidence == "estimated"  # the rate of audio tokens is disputed
    assert row.ttfb_ms <= row.duration_ms


async def test_a_prompt_is_text_tokens(bench, at):
    row = await row_of_one(bench, at, "gpt-4o-mini-transcribe", prompt="About foxes and dogs.")
    assert row.units[Unit.INPUT_TOKENS] == 6
    assert row.quote.amount_usd == Decimal("0.0000875")


@pytest.mark.parametrize(
    ("model", "usd"), [("whisper-1", "0.0003"), ("gpt-transcribe", "0.000225")]
)
async def test_seconds_are_as_openai_rounded_them(bench, at, model, usd):
    row = await row_of_one(bench, at, model, frames=120)  # 2.4 s
    assert row.units == {Unit.AUDIO_SECONDS: 3}
    assert (row.verdict, row.quote.amount_usd) == ("confirmed", Decimal(usd))
    assert row.quote.confidence == "exact"


async def test_without_usage_the_seconds_that_were_sent_are_an_estimate(bench, cloud, at):
    cloud.fault = Fault.NO_USAGE
    row = await row_of_one(bench, at)
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units == {Unit.AUDIO_SECONDS: 2}
    assert row.quote.amount_usd == Decimal("0.0002")
    assert row.quote.confidence == "estimated"


async def test_a_retry_is_a_row_of_its_own(bench, cloud, at):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    async with transcriber(at) as stt:
        await stt.recognize([silence()] * 100, conn_options=retries(1))
    rows = await bench.rows()
    assert [(row.attempt, row.outcome) for row in rows] == [(1, "failed"), (2, "completed")]
    assert rows[0].units == {Unit.AUDIO_SECONDS: 2}
    assert rows[1].units == {Unit.INPUT_AUDIO_TOKENS: 20, Unit.OUTPUT_TOKENS: 11}


async def test_a_refused_key_is_a_failed_row(bench, cloud, at):
    cloud.fault = Fault.WRONG_KEY
    async with transcriber(at) as stt:
        with pytest.raises(APIStatusError):
            await stt.recognize([silence()], conn_options=retries(0))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", "APIStatusError 401")


@pytest.mark.parametrize(
    ("model", "language", "sent"),
    [
        ("gpt-4o-transcribe", "de-AT", b"de"),
        ("gpt-4o-transcribe:fr", None, b"fr"),
        ("gpt-4o-transcribe", None, b"en"),
        ("gpt-4o-transcribe", "auto", None),
    ],
)
async def test_the_language_arrives(bench, cloud, at, model, language, sent):
    await row_of_one(bench, at, model, language=language)
    assert cloud.form(-1).get("language") == sent


async def test_several_languages_arrive_where_the_model_takes_them(bench, cloud, at):
    await row_of_one(bench, at, "gpt-transcribe", language=["en", "de-AT"])
    assert cloud.received[-1].body.count(b'name="languages[]"') == 2


async def test_the_native_class_is_returned(bench, at):
    async with transcriber(at) as stt:
        assert isinstance(stt, openai.STT)
        assert not stt.capabilities.streaming
