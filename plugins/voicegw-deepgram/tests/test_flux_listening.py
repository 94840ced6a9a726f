"""`/v2/listen` through the meter."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from calls import audio_seconds, hear, push, transcripts, until
from livekit.agents import stt
from livekit.plugins import deepgram

from voicegateway.testing import Fault, retries
from voicegateway.types import Unit

AUDIO = Unit.AUDIO_SECONDS


async def test_a_stream_is_confirmed_by_its_last_window(made, bench):
    target = made("STT", "flux-general-en")
    assert isinstance(target, deepgram.STTv2)
    assert await hear(target, 3.0) == ["hello world"]
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "confirmed")
    assert row.units[AUDIO] == 3
    assert row.quote.amount_usd == Decimal("0.000325")


async def test_what_livekit_had_not_reported_when_the_stream_was_closed_is_billed(
    made, bench, cloud
):
    """Its collector speaks every five seconds and is not asked again at the end."""
    stream, said = made("STT", "flux-general-en").stream(conn_options=retries(0)), 0.0
    push(stream, 3.0)
    await until(lambda: audio_seconds(cloud) >= 3)
    await stream.aclose()
    async for event in stream:
        if event.type is stt.SpeechEventType.RECOGNITION_USAGE:
            said += event.recognition_usage.audio_duration
    (row,) = await bench.rows()
    assert said < 3
    assert (row.units[AUDIO], row.basis) == (3, "measured")
    assert row.quote.amount_usd == Decimal("0.000325")


async def test_a_stream_that_breaks_off_and_its_retry_are_two_rows(made, bench, cloud):
    cloud.fault, cloud.times, cloud.drop_at = Fault.CLOSE_MID_STREAM, 1, 1.0
    async with made("STT", "flux-general-en").stream(conn_options=retries(1)) as stream:
        push(stream, 1.0)
        await until(lambda: cloud.connections == 2)
        push(stream, 2.0)
        stream.end_input()
        await transcripts(stream)
    first, second = await bench.rows()
    assert (first.outcome, first.verdict, first.units[AUDIO]) == ("failed", "usage_missing", 1)
    assert (second.outcome, second.verdict, second.units[AUDIO]) == ("completed", "confirmed", 2)


async def test_the_language_is_a_hint_to_the_model_that_takes_one(made, bench, cloud):
    await hear(made("STT", "flux-general-multi:de-DE"), 5.0)
    assert cloud.received[-1].path == "/v2/listen"
    assert cloud.received[-1].query["language_hint"] == "de"
    (row,) = await bench.rows()
    assert row.quote.amount_usd == Decimal("0.00065")


async def test_two_streams_at_once_on_one_object(made, bench):
    target = made("STT", "flux-general-en")
    await asyncio.gather(hear(target, 1.0), hear(target, 3.0))
    assert sorted(row.units[AUDIO] for row in await bench.rows()) == [1, 3]
