"""`/v1/listen` through the meter: units, price and verdict of each attempt."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from calls import audio_seconds, hear, hear_at_once, push, transcripts, until
from livekit.agents import APIStatusError, stt
from livekit.plugins import deepgram

from voicegateway.testing import Fault, retries, silence
from voicegateway.types import Unit

AUDIO, SESSION = Unit.AUDIO_SECONDS, Unit.SESSION_SECONDS


async def test_a_stream_has_deepgrams_total(made, bench):
    target = made("STT", "nova-3", language="en")
    assert isinstance(target, deepgram.STT)
    assert await hear(target) == ["hello world"]
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units[AUDIO] == 2
    assert row.quote.amount_usd == Decimal("0.00016")
    assert row.vendor_request_id.startswith("8c8ebea9")


async def test_a_streams_price_is_never_called_exact(made, bench):
    """What counts as a streamed second is disputed, and the row keeps both candidates."""
    await hear(made("STT", "nova-3"))
    (row,) = await bench.rows()
    assert row.quote.confidence == "estimated"
    assert "whether streamed seconds are audio received or connection open" in row.quote.source
    assert row.units[SESSION] > 0
    assert [line.unit for line in row.quote.lines] == [AUDIO]


async def test_the_connections_lifetime_is_not_billed_as_audio(made, bench, cloud):
    """LiveKit adds it to what it says of a stream's usage."""
    target, said = made("STT", "nova-3"), 0.0
    async with target.stream(conn_options=retries(0)) as stream:
        push(stream, 0.2)
        await until(lambda: audio_seconds(cloud) >= 0.2)
        await asyncio.sleep(0.3)
        stream.end_input()
        async for event in stream:
            if event.type is stt.SpeechEventType.RECOGNITION_USAGE:
                said += event.recognition_usage.audio_duration
    (row,) = await bench.rows()
    assert said > 0.25
    assert row.units[AUDIO] == Decimal("0.2")
    assert row.quote.amount_usd == Decimal("0.000016")


async def test_a_stream_that_is_closed_has_what_was_sent(made, bench, cloud):
    """No summary comes then; here Deepgram has heard a part at most."""
    stream = made("STT", "nova-3").stream(conn_options=retries(0))
    push(stream, 4.0)
    await until(lambda: audio_seconds(cloud) >= 4)
    await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "measured", "usage_missing")
    assert row.units[AUDIO] == 4
    assert row.quote.amount_usd == Decimal("0.00032")


async def test_a_summary_sent_twice_is_billed_once(made, bench, cloud):
    cloud.fault = Fault.USAGE_TWICE
    await hear(made("STT", "nova-3"))
    (row,) = await bench.rows()
    assert (row.basis, row.verdict, row.units[AUDIO]) == ("reported", "duplicate", 2)
    assert row.quote.amount_usd == Decimal("0.00016")


async def test_each_channel_is_billed(made, bench, cloud):
    cloud.channels = 2
    await hear(made("STT", "nova-3"), 3.0)
    await hear_at_once(made("STT", "nova-3"), 3.0)
    streamed, at_once = await bench.rows()
    assert streamed.quote.amount_usd == Decimal("0.00048")
    assert at_once.quote.amount_usd == Decimal("0.00043")
    assert streamed.quote.lines[0].rule == "2 channels"


async def test_a_stream_that_reconnects_is_the_sum_of_its_connections(made, bench, cloud):
    """LiveKit does so within one attempt when an option changes."""
    target = made("STT", "nova-3")
    async with target.stream(conn_options=retries(0)) as stream:
        push(stream, 1.0)
        await until(lambda: audio_seconds(cloud) >= 1)
        target.update_options(punctuate=False)
        await until(lambda: cloud.connections == 2)
        push(stream, 2.0)
        stream.end_input()
        await transcripts(stream)
    (row,) = await bench.rows()
    assert (row.attempt, row.outcome, row.units[AUDIO]) == (1, "completed", 3)
    assert row.quote.amount_usd == Decimal("0.00024")


async def test_a_stream_that_breaks_off_and_its_retry_are_two_rows(made, bench, cloud):
    cloud.fault, cloud.times, cloud.drop_at = Fault.CLOSE_MID_STREAM, 1, 1.0
    target = made("STT", "nova-3")
    async with target.stream(conn_options=retries(1)) as stream:
        push(stream, 1.0)
        await until(lambda: cloud.connections == 2)
        push(stream, 2.0)
        stream.end_input()
        await transcripts(stream)
    first, second = await bench.rows()
    assert (first.attempt, first.outcome, first.basis) == (1, "failed", "measured")
    assert (first.verdict, first.units[AUDIO]) == ("usage_missing", 1)
    assert (second.attempt, second.outcome, second.verdict) == (2, "completed", "confirmed")
    assert second.units[AUDIO] == 2
    assert first.call_id == second.call_id


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.WRONG_KEY, 401), (Fault.RATE_LIMITED, 429), (Fault.SERVER_ERROR, 500)],
)
async def test_a_refused_connection_was_sent_nothing_and_costs_nothing(
    made, bench, cloud, fault, status
):
    cloud.fault = fault
    with pytest.raises(APIStatusError):
        await hear(made("STT", "nova-3"))
    (row,) = await bench.rows()
    assert (row.outcome, row.error) == ("failed", f"APIStatusError {status}")
    assert (row.units[AUDIO], row.quote.amount_usd) == (0, 0)


async def test_audio_that_waited_for_a_connection_is_counted_where_it_was_sent(made, bench, cloud):
    """All of it was pushed during the attempt that was refused."""
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await hear(made("STT", "nova-3"), retry=1)
    first, second = await bench.rows()
    assert (first.units[AUDIO], first.quote.amount_usd) == (0, 0)
    assert (second.units[AUDIO], second.verdict) == (2, "confirmed")


async def test_two_streams_at_once_on_one_object(made, bench):
    target = made("STT", "nova-3")
    await asyncio.gather(hear(target, 1.0), hear(target, 3.0))
    rows = await bench.rows()
    assert sorted(row.units[AUDIO] for row in rows) == [1, 3]
    assert {row.verdict for row in rows} == {"confirmed"}


async def test_recognize_has_deepgrams_duration_and_the_pre_recorded_rate(made, bench):
    assert await hear_at_once(made("STT", "nova-3"), 3.0) == "hello world"
    (row,) = await bench.rows()
    assert (row.basis, row.verdict, row.quote.confidence) == ("reported", "confirmed", "exact")
    assert dict(row.units) == {AUDIO: 3}
    assert row.quote.amount_usd == Decimal("0.000215")
    assert row.ttfb_ms <= row.duration_ms


async def test_recognize_says_which_status_it_was_refused_with(made, bench, cloud):
    """LiveKit alone would look for a transcript in the error's body."""
    cloud.fault = Fault.WRONG_KEY
    with pytest.raises(APIStatusError) as raised:
        await hear_at_once(made("STT", "nova-3"), retry=2)
    assert raised.value.status_code == 401
    assert cloud.key not in repr(raised.value.__cause__)
    (row,) = await bench.rows()  # a refused key is not tried again
    assert (row.error, row.units[AUDIO], row.quote.amount_usd) == ("APIStatusError 401", 0, 0)


async def test_recognize_that_fails_in_the_vendors_house_is_priced_as_sent(made, bench, cloud):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    await hear_at_once(made("STT", "nova-3"), retry=1)
    first, second = await bench.rows()
    assert (first.outcome, first.basis, first.units[AUDIO]) == ("failed", "measured", 2)
    assert (second.outcome, second.basis) == ("completed", "reported")


async def test_audio_is_resampled_and_not_stretched(made, bench, cloud):
    await hear(made("STT", "nova-3", sample_rate=8000))
    assert cloud.received[-1].query["sample_rate"] == "8000"
    (row,) = await bench.rows()
    assert (row.verdict, row.units[AUDIO]) == ("confirmed", 2)


async def test_a_total_that_differs_is_a_mismatch_and_is_priced(made, bench, cloud):
    cloud.extra = 3.0
    await hear(made("STT", "nova-3"))
    await hear_at_once(made("STT", "nova-3"))
    streamed, at_once = await bench.rows()
    assert [row.verdict for row in (streamed, at_once)] == ["mismatch", "mismatch"]
    assert [row.units[AUDIO] for row in (streamed, at_once)] == [5, 5]
    assert streamed.quote.amount_usd == Decimal("0.0004")


async def test_options_reach_deepgram_and_the_price(made, bench, cloud):
    target = made("STT", "nova-3:multi", keyterm=["VoiceGateway"], redact="pci")
    await hear(target, 3.0)
    asked = cloud.received[-1].query
    assert [asked[name] for name in ("language", "keyterm", "redact")] == [
        "multi",
        "VoiceGateway",
        "pci",
    ]
    (row,) = await bench.rows()
    assert [line.amount_usd for line in row.quote.lines] == [
        Decimal("0.00029"),
        Decimal("0.000065"),
        Decimal("0.0001"),
    ]
    assert row.quote.amount_usd == Decimal("0.000455")


async def test_each_call_is_priced_in_its_own_language(made, bench, cloud):
    target = made("STT", "nova-3", language="de")
    async with target.stream(language="multi", conn_options=retries(0)) as stream:
        push(stream, 3.0)
        stream.end_input()
        await transcripts(stream)
    await hear(target, 3.0)
    await target.recognize([silence() for _ in range(150)], language="multi")
    assert [request.query["language"] for request in cloud.received] == ["multi", "de", "multi"]
    assert [row.quote.amount_usd for row in await bench.rows()] == [
        Decimal("0.00029"),
        Decimal("0.00024"),
        Decimal("0.00026"),
    ]


async def test_keyterms_that_a_session_adds_are_priced_from_the_next_stream_on(made, bench):
    target = made("STT", "nova-3")
    await hear(target, 3.0)
    target._update_session_keyterms(["VoiceGateway"])
    await hear(target, 3.0)
    target.update_options(keyterm=[])
    target._update_session_keyterms([])
    await hear(target, 3.0)
    assert [row.quote.amount_usd for row in await bench.rows()] == [
        Decimal("0.00024"),
        Decimal("0.000305"),
        Decimal("0.00024"),
    ]
