"""Text-to-speech: what speaking leaves in the ledger, through the vendor's own client."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import AgentSession, APIConnectionError, APIError, APIStatusError
from livekit.plugins import groq

import voicegw_groq
from voicegateway import attach
from voicegateway.testing import Fault, drain, retries
from voicegateway.types import Unit

ENGLISH = "canopylabs/orpheus-v1-english"
TEXT = "Grüß Gott, 你好."


@pytest.fixture
def tts(make):
    return make("TTS", ENGLISH)


async def speak(tts, text=TEXT, tries=0):
    return await drain(tts.synthesize(text, conn_options=retries(tries)))


async def test_characters_are_code_points_of_the_text_that_was_sent(tts, cloud, plugins):
    assert await speak(tts) > 0
    (request,) = cloud.asked("audio/speech")
    assert request.json()["input"] == TEXT
    (row,) = await plugins.rows()
    assert row.units[Unit.CHARACTERS] == len(TEXT) == 14
    assert row.quote.amount_usd == Decimal("0.000308")  # 14 at $22 a million
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert 0 < row.ttfb_ms <= row.duration_ms


async def test_the_audio_is_measured_and_not_billed(tts, cloud, plugins):
    await speak(tts, "x" * 50)
    (row,) = await plugins.rows()
    assert row.units[Unit.AUDIO_SECONDS] == 1
    assert [line.unit for line in row.quote.lines] == [Unit.CHARACTERS]
    assert row.quote.unpriced == ()


async def test_the_arabic_model_has_a_rate_and_a_voice_of_its_own(make, cloud, plugins):
    await speak(make("TTS", "canopylabs/orpheus-arabic-saudi"), "x" * 100)
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == Decimal("0.004")
    assert cloud.asked("audio/speech")[0].json()["voice"] == "fahad"


@pytest.mark.parametrize(
    ("model", "options", "sent"),
    [
        (ENGLISH, {}, "autumn"),
        (ENGLISH, {"voice": "troy"}, "troy"),
        (f"{ENGLISH}:hannah", {}, "hannah"),
    ],
)
async def test_the_voice_arrives(make, cloud, model, options, sent):
    await speak(make("TTS", model, **options))
    body = cloud.asked("audio/speech")[0].json()
    assert (body["model"], body["voice"]) == (ENGLISH, sent)


async def test_a_barge_in_has_all_that_was_sent(tts, cloud, plugins):
    cloud.pause = 5.0
    stream = tts.synthesize("x" * 200, conn_options=retries(0))
    async with asyncio.timeout(5):
        await anext(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("cancelled", "cancelled_partial", "measured")
    assert row.units[Unit.CHARACTERS] == 200
    assert row.quote.amount_usd == Decimal("0.0044")
    assert row.ttfb_ms < row.duration_ms


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, "APIStatusError 401"),
        (Fault.RATE_LIMITED, "APIStatusError 429"),
        (Fault.SERVER_ERROR, "APIStatusError 500"),
    ],
)
async def test_a_refused_request_costs_nothing(tts, cloud, plugins, fault, error):
    cloud.fault = fault
    with pytest.raises(APIStatusError):
        await speak(tts)
    (row,) = await plugins.rows()
    assert (row.outcome, row.error, row.units) == ("failed", error, {})
    assert row.quote.amount_usd == 0


async def test_a_connection_that_breaks_has_what_was_sent(tts, cloud, plugins):
    cloud.fault = Fault.CLOSE_MID_STREAM
    with pytest.raises(APIConnectionError):
        await speak(tts)
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("failed", "usage_missing")
    assert row.units[Unit.CHARACTERS] == 14


async def test_a_failure_and_its_retry_are_two_rows(tts, cloud, plugins):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await speak(tts, tries=1)
    failed, spoken = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.units) == (1, "failed", {})
    assert (spoken.attempt, spoken.outcome) == (2, "completed")
    assert spoken.units[Unit.CHARACTERS] == 14


async def test_a_silent_server_that_is_given_up_on_has_what_was_sent(tts, cloud, plugins):
    cloud.fault = Fault.HANG
    stream = tts.synthesize(TEXT, conn_options=retries(0))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await anext(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("cancelled", 14)


async def test_two_at_once_do_not_mix(tts, cloud, plugins):
    await asyncio.gather(speak(tts, "x" * 10), speak(tts, "x" * 20))
    assert sorted(row.units[Unit.CHARACTERS] for row in await plugins.rows()) == [10, 20]


async def test_an_object_made_by_hand_is_measured(plugins, cloud):
    plugins.install("groq", voicegw_groq)
    tts = groq.TTS(base_url=f"{cloud.url}/openai/v1", api_key=cloud.key)
    attach(AgentSession(tts=tts))
    await speak(tts)
    (row,) = await plugins.rows()
    assert (row.provider, row.verdict) == ("groq", "usage_missing")
    assert row.units[Unit.CHARACTERS] == 14


async def test_no_audio_is_livekits_error(tts, cloud, plugins, monkeypatch):
    monkeypatch.setattr("cloud.wav", lambda samples: b"")
    with pytest.raises(APIError):
        await speak(tts)
    assert (await plugins.rows())[0].outcome == "failed"
