"""TTS attempts: characters sent and audio made, whatever becomes of the stream."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIError, tts

from voicegateway.testing import FakeTTS, drain, retries
from voicegateway.types import Unit

TEXT = "hello world, twenty5 chars"  # 26 of them


def spoken(stream: tts.SynthesizeStream, *pieces: str) -> tts.SynthesizeStream:
    for piece in pieces:
        stream.push_text(piece)
    stream.end_input()
    return stream


async def test_a_completed_stream(metered, rows):
    voice = metered(FakeTTS())
    await drain(spoken(voice.stream(), "hello ", "world"))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis) == ("completed", "measured")
    assert row.units == {Unit.CHARACTERS: 11, Unit.AUDIO_SECONDS: Decimal("0.22")}
    assert [(line.unit, line.amount_usd) for line in row.quote.lines] == [
        (Unit.CHARACTERS, Decimal("0.00033")),
        (Unit.AUDIO_SECONDS, Decimal("0.0000176")),
    ]
    assert 0 < row.ttfb_ms <= row.duration_ms


async def test_barge_in_keeps_its_characters_and_audio(metered, rows):
    voice = metered(FakeTTS(delay=0.05))
    stream = voice.stream()
    for _ in range(7):
        stream.push_text("abcdefgh")
    await anext(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "measured", "cancelled_partial")
    assert row.units[Unit.CHARACTERS] == 56
    assert row.units[Unit.AUDIO_SECONDS] > 0


async def test_failure_in_mid_audio(metered, rows):
    voice = metered(FakeTTS(fails=1, fail_after=2, delay=0.01))
    with pytest.raises(APIConnectionError):
        await drain(spoken(voice.stream(conn_options=retries(0)), "one ", "two ", "three "))
    (row,) = await rows.settled()
    assert (row.outcome, row.error) == ("failed", "ScriptedError")
    assert row.units[Unit.CHARACTERS] == 14


async def test_a_retry_sends_the_text_again(metered, rows):
    voice = metered(FakeTTS(fails=1))
    stream = voice.stream(conn_options=retries(1))
    await drain(spoken(stream, "hello ", "world"))
    first, second = await rows.settled()
    assert [(r.outcome, r.units[Unit.CHARACTERS]) for r in (first, second)] == [
        ("failed", 11),
        ("completed", 11),
    ]
    assert first.units[Unit.AUDIO_SECONDS] == 0
    assert second.units[Unit.AUDIO_SECONDS] == Decimal("0.22")


async def test_a_chunked_reply(metered, rows):
    voice = metered(FakeTTS(streaming=False))
    await drain(voice.synthesize(TEXT))
    (row,) = await rows.settled()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("completed", 26)


async def test_a_chunked_reply_cut_off(metered, rows):
    voice = metered(FakeTTS(streaming=False, delay=0.05))
    stream = voice.synthesize(TEXT)
    await anext(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("cancelled", 26)


async def test_a_chunked_reply_that_fails_half_way(metered, rows):
    voice = metered(FakeTTS(streaming=False, fails=1, fail_after=1))
    with pytest.raises(APIConnectionError):
        await drain(voice.synthesize(TEXT, conn_options=retries(0)))
    (row,) = await rows.settled()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("failed", 26)


async def test_no_audio_at_all_is_a_failed_attempt(metered, rows):
    class Mute(FakeTTS):
        async def speak(self, text, call, spoken, emitter):
            return spoken + 1

    voice = metered(Mute(streaming=False))
    with pytest.raises(APIError):
        await drain(voice.synthesize(TEXT, conn_options=retries(0)))
    (row,) = await rows.settled()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("failed", 26)


async def test_synthesize_with_stream_counts_once(metered, rows):
    voice = metered(FakeTTS(streaming=True))
    await drain(voice.synthesize("hello world"))
    (row,) = await rows.settled()
    assert row.units[Unit.CHARACTERS] == 11
    assert Decimal("0.22") <= row.units[Unit.AUDIO_SECONDS] < Decimal("0.44")
    assert voice.calls == 1


async def test_a_reply_in_sentences_is_a_call_each(metered, rows):
    voice = metered(FakeTTS(streaming=False))
    reply = ("The first sentence of it is here.", "This one is the second sentence.")
    adapter = tts.StreamAdapter(tts=voice)
    await drain(spoken(adapter.stream(), " ".join(reply)))
    closed = await rows.settled()
    assert sum(r.units[Unit.CHARACTERS] for r in closed) == sum(map(len, reply))
    assert len({r.attempt.call_id for r in closed}) == len(closed) == voice.calls


async def test_tokens_that_the_plugin_reports(metered, rows):
    class Billed(FakeTTS):
        def stream(self, **keywords):
            stream = super().stream(**keywords)
            stream._set_token_usage(input_tokens=7, output_tokens=120)
            return stream

    voice = metered(Billed())
    await drain(spoken(voice.stream(), "hello"))
    (row,) = await rows.settled()
    assert row.basis == "reported"
    assert row.units == {Unit.INPUT_TOKENS: 7, Unit.OUTPUT_AUDIO_TOKENS: 120}


async def test_tokens_of_the_inner_stream_are_not_lost(metered, rows):
    class Billed(FakeTTS):
        def stream(self, **keywords):
            stream = super().stream(**keywords)
            stream._set_token_usage(input_tokens=7, output_tokens=120)
            return stream

    voice = metered(Billed(streaming=True))
    await drain(voice.synthesize("hello"))
    (row,) = await rows.settled()
    assert row.units == {Unit.INPUT_TOKENS: 7, Unit.OUTPUT_AUDIO_TOKENS: 120}


async def test_text_after_the_end_is_not_counted(metered, rows):
    voice = metered(FakeTTS())
    stream = spoken(voice.stream(), "hello")
    stream.push_text(" and more")
    await drain(stream)
    (row,) = await rows.settled()
    assert row.units[Unit.CHARACTERS] == 5


async def test_pushed_and_read_in_different_tasks(metered, rows):
    voice = metered(FakeTTS(fails=1))
    stream = voice.stream(conn_options=retries(1))

    async def push():
        spoken(stream, "hello ", "world")

    await asyncio.create_task(push())
    await asyncio.create_task(drain(stream))
    assert [r.units[Unit.CHARACTERS] for r in await rows.settled()] == [11, 11]


async def test_characters_are_code_points(metered, rows):
    voice = metered(FakeTTS())
    await drain(spoken(voice.stream(), "naïve 👍🏽"))
    (row,) = await rows.settled()
    assert row.units[Unit.CHARACTERS] == 8


async def test_fallback_adapter_rows(metered, rows):
    first, second = metered(FakeTTS(fails=9)), metered(FakeTTS())
    adapter = tts.FallbackAdapter([first, second], max_retry_per_tts=0)
    await drain(spoken(adapter.stream(), TEXT))
    for _ in range(20):
        await asyncio.sleep(0.01)
    outcomes = [r.outcome for r in await rows.settled()]
    assert outcomes.count("completed") == 1
    assert outcomes.count("failed") == first.calls
    await adapter.aclose()
