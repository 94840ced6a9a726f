"""Speech on the loopback cloud: what the cloud was sent, and what the ledger says of it."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import AgentSession, APIConnectionError, APIError, APIStatusError
from livekit.plugins import assemblyai

from voicegateway import attach
from voicegateway.testing import Fault, drain, retries
from voicegateway.types import Unit

FIRST, SECOND = "The quick brown fox is here.", "The lazy dog is over there."
TEXT = f"{FIRST} {SECOND}"
SECONDS = Decimal(40 * (len(FIRST) + len(SECOND))) / 1000
MODEL = "assemblyai-tts-1"


def say(target, text=TEXT, count=0):
    stream = target.stream(conn_options=retries(count))
    stream.push_text(text)
    stream.end_input()
    return stream


async def test_a_stream(make, cloud, bench):
    target = make("TTS", f"{MODEL}:voice-1", language="es-MX")
    await drain(say(target))
    (request,) = cloud.received
    assert (request.path, request.query["model_id"]) == ("/v1/ws", MODEL)
    assert (request.query["voice_id"], request.query["language"]) == ("voice-1", "spanish")
    assert [said.get("text") for said in cloud.messages] == [FIRST, None, SECOND, None]
    (row,) = await bench.rows()
    assert row.units == {Unit.CHARACTERS: len(TEXT), Unit.AUDIO_SECONDS: SECONDS}
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert 0 < row.ttfb_ms < row.duration_ms


async def test_speech_has_no_price_that_we_know(make, bench):
    await drain(say(make("TTS", MODEL)))
    (row,) = await bench.rows()
    assert (row.quote.amount_usd, row.quote.confidence) == (None, "unknown")
    assert row.quote.source_url == "https://www.assemblyai.com/pricing"


async def test_one_piece_goes_over_the_same_connection(make, cloud, bench):
    target = make("TTS", MODEL, voice="voice-2")
    await drain(say(target))
    await drain(target.synthesize(TEXT))
    (request,) = cloud.received
    assert request.query["voice_id"] == "voice-2"
    rows = await bench.rows()
    assert [row.units[Unit.CHARACTERS] for row in rows] == [len(TEXT)] * 2
    assert [row.units[Unit.AUDIO_SECONDS] for row in rows] == [SECONDS] * 2


async def test_a_turn_cut_off_has_what_was_sent(make, cloud, bench):
    stream = make("TTS", MODEL).stream()
    stream.push_text(f"{TEXT} And this is not sent")
    async for _ in stream:
        break
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("cancelled", "cancelled_partial")
    assert row.units[Unit.CHARACTERS] in {len(FIRST), len(TEXT)}
    await asyncio.wait_for(cloud.cancelled.wait(), 5)


async def test_a_turn_cut_off_before_a_sentence_was_whole_has_sent_nothing(make, bench):
    target = make("TTS", MODEL)
    await drain(say(target, "One."))
    stream = target.stream()
    stream.push_text("And two")
    await asyncio.sleep(0.05)
    await stream.aclose()
    _, row = await bench.rows()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("cancelled", 0)


async def test_without_counters_our_own_are_used(make, cloud, bench):
    cloud.fault = Fault.NO_USAGE
    await drain(say(make("TTS", MODEL, word_timestamps=False)))
    (row,) = await bench.rows()
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units[Unit.CHARACTERS] == len(TEXT)
    assert abs(row.units[Unit.AUDIO_SECONDS] - SECONDS) < Decimal("0.1")


async def test_two_turns_at_once(make, bench):
    target = make("TTS", MODEL)
    await asyncio.gather(drain(say(target, FIRST)), drain(say(target, "One.")))
    rows = await bench.rows()
    assert sorted(row.units[Unit.CHARACTERS] for row in rows) == [4, len(FIRST)]
    assert sorted(row.units[Unit.AUDIO_SECONDS] for row in rows) == [
        Decimal("0.16"),
        Decimal(40 * len(FIRST)) / 1000,
    ]


async def test_a_refused_key(make, cloud, bench):
    cloud.fault = Fault.WRONG_KEY
    with pytest.raises(APIStatusError):
        await drain(say(make("TTS", MODEL)))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", "APIStatusError 401")
    assert row.units[Unit.CHARACTERS] == 0


async def test_nobody_there(make, bench):
    with pytest.raises(APIConnectionError):
        await drain(say(make("TTS", MODEL, base_url="http://127.0.0.1:9")))
    (row,) = await bench.rows()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("failed", 0)


async def test_a_connection_that_breaks(make, cloud, bench):
    cloud.fault = Fault.CLOSE_MID_STREAM
    with pytest.raises(APIError):
        await drain(say(make("TTS", MODEL)))
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "measured", "usage_missing")
    assert row.units[Unit.CHARACTERS] in {len(FIRST), len(TEXT)}


async def test_a_retry_is_a_row_of_its_own(make, cloud, bench):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await drain(say(make("TTS", MODEL), count=1))
    first, second = await bench.rows()
    assert first.call_id == second.call_id
    assert (first.outcome, second.outcome) == ("failed", "completed")
    assert [row.units[Unit.CHARACTERS] for row in (first, second)] == [0, len(TEXT)]


async def test_an_object_built_by_hand(bench, cloud):
    target = assemblyai.TTS(api_key=cloud.key, base_url=cloud.ws_url)
    attach(AgentSession(tts=target))
    await drain(say(target))
    await target.aclose()
    (row,) = await bench.rows()
    assert (row.provider, row.basis, row.verdict) == ("assemblyai", "measured", "usage_missing")
    assert row.units[Unit.CHARACTERS] == len(TEXT)
