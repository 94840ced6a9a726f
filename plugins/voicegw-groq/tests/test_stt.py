"""Speech-to-text: what recognitions leave in the ledger, through the vendor's own client."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import AgentSession, APIConnectionError, APIStatusError
from livekit.plugins import groq

import voicegw_groq
from voicegateway import attach
from voicegateway.testing import Fault, retries, silence
from voicegateway.types import Unit

SECONDS = Unit.AUDIO_SECONDS
MODEL = "whisper-large-v3-turbo"


@pytest.fixture
def stt(make):
    return make("STT", MODEL)


async def recognize(stt, seconds=2, tries=0):
    frames = [silence(800, 8000) for _ in range(seconds * 10)]
    return await stt.recognize(frames, conn_options=retries(tries))


async def test_two_seconds_are_billed_as_ten(stt, cloud, plugins):
    event = await recognize(stt)
    assert event.alternatives[0].text == "hello world"
    (row,) = await plugins.rows()
    assert row.units == {SECONDS: Decimal(2)}
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.quote.amount_usd == Decimal("0.4") / 3600  # 10 s at $0.04 an hour
    (line,) = row.quote.lines
    assert (line.quantity, line.billed) == (2, 10)
    assert line.rule == "at least 10 audio_seconds a request"
    assert row.quote.confidence == "exact"
    assert row.vendor_request_id == "req_1"
    assert 0 < row.ttfb_ms <= row.duration_ms


async def test_more_than_ten_seconds_are_billed_as_they_are(make, cloud, plugins):
    await recognize(make("STT", "whisper-large-v3"), seconds=36)
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == Decimal("0.00111")  # 36 s at $0.111 an hour


async def test_each_utterance_has_its_own_minimum(stt, cloud, plugins):
    for _ in range(3):
        await recognize(stt, seconds=1)
    rows = await plugins.rows()
    assert len({row.call_id for row in rows}) == 3
    assert [row.quote.lines[0].billed for row in rows] == [10, 10, 10]


async def test_the_vendors_count_is_priced_where_the_two_differ(stt, cloud, plugins):
    cloud.hears = 30
    await recognize(stt)
    (row,) = await plugins.rows()
    assert (row.units[SECONDS], row.verdict) == (30, "mismatch")
    assert row.quote.confidence == "estimated"


async def test_the_answer_is_asked_for_in_its_long_form_and_given_in_the_short(make, cloud):
    event = await recognize(make("STT", MODEL, language="de"))
    (asked,) = cloud.messages
    assert asked == {"model": MODEL, "response_format": "verbose_json", "language": "de"}
    assert event.alternatives[0].language == "de"  # the long form says English


async def test_the_request_can_be_left_as_livekit_makes_it(make, cloud, plugins):
    await recognize(make("STT", MODEL, ask_duration=False))
    assert cloud.messages[0]["response_format"] == "json"
    (row,) = await plugins.rows()
    assert (row.verdict, row.basis) == ("usage_missing", "measured")
    assert row.units == {SECONDS: Decimal(2)}
    assert row.vendor_request_id == "req_1"


async def test_without_a_count_ours_is_priced(stt, cloud, plugins):
    cloud.fault = Fault.NO_USAGE
    await recognize(stt, seconds=36)
    (row,) = await plugins.rows()
    assert (row.verdict, row.basis) == ("usage_missing", "measured")
    assert row.quote.amount_usd == Decimal("0.0004")
    assert row.quote.confidence == "estimated"


@pytest.mark.parametrize(
    ("language", "sent"), [("de", "de"), ("en-US", "en"), (None, "en"), ("auto", None)]
)
async def test_the_language_arrives(make, cloud, language, sent):
    await recognize(make("STT", MODEL, language=language))
    assert cloud.messages[0].get("language") == sent


async def test_the_language_of_the_model_string_arrives(make, cloud):
    await recognize(make("STT", f"{MODEL}:fr", prompt="Bonjour."))
    assert cloud.messages[0]["language"] == "fr"
    assert cloud.messages[0]["prompt"] == "Bonjour."


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, "APIStatusError 401"),
        (Fault.RATE_LIMITED, "APIStatusError 429"),
        (Fault.SERVER_ERROR, "APIStatusError 500"),
    ],
)
async def test_a_refused_request_costs_nothing(stt, cloud, plugins, fault, error):
    """Not the ten seconds either."""
    cloud.fault = fault
    with pytest.raises(APIStatusError):
        await recognize(stt)
    (row,) = await plugins.rows()
    assert (row.outcome, row.error, row.units) == ("failed", error, {})
    assert row.quote.amount_usd == 0


async def test_a_connection_that_breaks_has_what_was_sent(stt, cloud, plugins):
    cloud.fault = Fault.CLOSE_MID_STREAM
    with pytest.raises(APIConnectionError):
        await recognize(stt)
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("failed", "usage_missing", "measured")
    assert row.units == {SECONDS: Decimal(2)}


async def test_a_failure_and_its_retry_are_two_rows(stt, cloud, plugins):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await recognize(stt, tries=1)
    failed, heard = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.units) == (1, "failed", {})
    assert (heard.attempt, heard.outcome, heard.verdict) == (2, "completed", "confirmed")
    assert failed.call_id == heard.call_id


async def test_a_recognition_that_is_given_up_is_cancelled(stt, cloud, plugins):
    cloud.fault = Fault.HANG
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await recognize(stt)
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("cancelled", "cancelled_partial")
    assert row.units == {SECONDS: Decimal(2)}


async def test_two_at_once_do_not_mix(stt, cloud, plugins):
    await asyncio.gather(recognize(stt, 1), recognize(stt, 20))
    assert sorted(row.units[SECONDS] for row in await plugins.rows()) == [1, 20]


async def test_an_object_made_by_hand_is_measured(plugins, cloud):
    plugins.install("groq", voicegw_groq)
    stt = groq.STT(model=MODEL, base_url=f"{cloud.url}/openai/v1", api_key=cloud.key)
    attach(AgentSession(stt=stt))
    await recognize(stt)
    (row,) = await plugins.rows()
    assert (row.provider, row.verdict, row.basis) == ("groq", "usage_missing", "measured")
    assert row.units == {SECONDS: Decimal(2)}
    await stt.aclose()
    await stt._client.close()


async def test_connections_are_closed_at_the_end(make):
    stt = make("STT", MODEL)
    await stt.aclose()
    assert stt._client.is_closed()
