"""STT attempts: seconds pushed and seconds open, whoever ends the stream."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, stt
from livekit.agents.utils import aio

from voicegateway.testing import FakeSTT, retries, silence
from voicegateway.types import Unit


async def read(stream) -> None:
    async for _ in stream:
        pass


async def listen(ear, seconds: float, finish: str) -> None:
    stream = ear.stream(conn_options=retries(0))
    reader = asyncio.create_task(read(stream))
    for _ in range(round(seconds / 0.02)):
        stream.push_frame(silence())
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    if finish == "end_input":
        stream.end_input()
        await reader
    elif finish == "reader cancelled":
        await aio.cancel_and_wait(reader)
    await stream.aclose()
    await aio.cancel_and_wait(reader)


@pytest.mark.parametrize("finish", ["end_input", "aclose", "reader cancelled"])
async def test_every_second_counts_however_it_ends(metered, rows, finish):
    await listen(metered(FakeSTT(report_seconds=0.5)), 1.8, finish)
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units[Unit.AUDIO_SECONDS] == Decimal("1.8")
    assert row.ttfb_ms is None  # the stream opens before anybody speaks


async def test_a_vendor_that_reports_nothing_is_measured(metered, rows):
    await listen(metered(FakeSTT(report_seconds=None)), 1.8, "aclose")
    (row,) = await rows.settled()
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units[Unit.AUDIO_SECONDS] == Decimal("1.8")
    assert row.units[Unit.SESSION_SECONDS] > 0


async def test_a_vendor_that_loses_its_tail_is_a_mismatch(metered, rows):
    class Forgetful(FakeSTT):
        def stream(self, **keywords):
            stream = super().stream(**keywords)
            stream._report = lambda seconds: (
                type(stream)._report(stream, seconds) if seconds >= 1.99 else None
            )
            return stream

    await listen(metered(Forgetful(report_seconds=2.0)), 7.9, "aclose")
    (row,) = await rows.settled()
    assert row.verdict == "mismatch"


async def test_failure_keeps_what_was_heard(metered, rows):
    ear = metered(FakeSTT(fails=1, fail_after=20))
    stream = ear.stream(conn_options=retries(0))
    for _ in range(21):
        stream.push_frame(silence())
    with pytest.raises(APIConnectionError):
        await read(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.error) == ("failed", "ScriptedError")
    assert row.units[Unit.AUDIO_SECONDS] == Decimal("0.4")  # the vendor's own count


async def test_a_retry_is_given_only_the_audio_that_follows(metered, rows):
    ear = metered(FakeSTT(fails=1, fail_after=2, report_seconds=None))
    stream = ear.stream(conn_options=retries(1))
    reader = asyncio.create_task(read(stream))
    for _ in range(10):
        stream.push_frame(silence())
        await asyncio.sleep(0.003)
    stream.end_input()
    await reader
    await stream.aclose()
    first, second = await rows.settled()
    assert [first.outcome, second.outcome] == ["failed", "completed"]
    total = first.units[Unit.AUDIO_SECONDS] + second.units[Unit.AUDIO_SECONDS]
    assert total == Decimal("0.2")
    assert first.units[Unit.AUDIO_SECONDS] >= Decimal("0.06")


async def test_recognize_is_one_row(metered, rows):
    await metered(FakeSTT(streaming=False)).recognize([silence()] * 50)
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.units[Unit.AUDIO_SECONDS]) == ("completed", "measured", 1)
    assert row.ttfb_ms == pytest.approx(row.duration_ms, abs=5)


async def test_recognize_of_one_silence(metered, rows):
    await metered(FakeSTT(streaming=False)).recognize(silence(samples=16_000))
    (row,) = await rows.settled()
    assert row.units[Unit.AUDIO_SECONDS] == 1


async def test_recognize_retried_sends_the_buffer_again(metered, rows):
    ear = metered(FakeSTT(streaming=False, fails=1))
    await ear.recognize([silence()] * 50, conn_options=retries(1))
    first, second = await rows.settled()
    assert first.attempt.call_id == second.attempt.call_id
    assert [(r.outcome, r.units[Unit.AUDIO_SECONDS]) for r in (first, second)] == [
        ("failed", 1),
        ("completed", 1),
    ]


async def test_recognize_cancelled(metered, rows):
    class Slow(FakeSTT):
        async def _recognize_impl(self, *_, **__):
            await asyncio.sleep(10)

    task = asyncio.create_task(metered(Slow(streaming=False)).recognize([silence()] * 50))
    await asyncio.sleep(0.01)
    await aio.cancel_and_wait(task)
    (row,) = await rows.settled()
    assert (row.outcome, row.units[Unit.AUDIO_SECONDS]) == ("cancelled", 1)


async def test_many_recognitions_at_once_do_not_mix(metered, rows):
    ear = metered(FakeSTT(streaming=False))
    await asyncio.gather(*(ear.recognize([silence()] * n) for n in range(1, 51)))
    closed = await rows.settled()
    assert sorted(r.units[Unit.AUDIO_SECONDS] for r in closed) == [
        Decimal("0.02") * n for n in range(1, 51)
    ]


async def test_a_long_stream_checkpoints(metered, rows):
    ear = metered(FakeSTT(report_seconds=None), checkpoint_seconds=0.05)
    stream = ear.stream(conn_options=retries(0))
    for _ in range(100):
        stream.push_frame(silence())
    await asyncio.sleep(0.18)
    count = len(rows.checkpoints)
    assert count >= 2
    assert rows.checkpoints[-1].units[Unit.AUDIO_SECONDS] == 2
    assert rows.checkpoints[-1].cost_nano == 160_000
    await stream.aclose()
    await asyncio.sleep(0.12)
    assert len(rows.checkpoints) == count  # and none after the end


async def test_audio_that_is_refused_is_not_counted(metered, rows):
    ear = metered(FakeSTT(report_seconds=None))
    stream = ear.stream(conn_options=retries(0))
    stream.push_frame(silence())
    stream.end_input()
    with pytest.raises(RuntimeError):
        stream.push_frame(silence())
    await read(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert row.units[Unit.AUDIO_SECONDS] == Decimal("0.02")


async def test_resampled_audio_is_counted_in_seconds(metered, rows):
    ear = metered(FakeSTT(report_seconds=None))
    stream = ear.stream(conn_options=retries(0))
    for _ in range(50):
        stream.push_frame(silence(samples=960, rate=48_000))
    stream.end_input()
    await read(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert row.units[Unit.AUDIO_SECONDS] == 1


async def test_fallback_adapter_rows(metered, rows):
    first = metered(FakeSTT(fails=9, fail_after=5, report_seconds=None))
    second = metered(FakeSTT(report_seconds=None))
    adapter = stt.FallbackAdapter([first, second], max_retry_per_stt=0)
    stream = adapter.stream(conn_options=retries(0))
    reader = asyncio.create_task(read(stream))
    for _ in range(90):
        stream.push_frame(silence())
        await asyncio.sleep(0.001)
    stream.end_input()
    await asyncio.wait_for(reader, 5)
    await stream.aclose()
    await adapter.aclose()
    closed = await rows.settled()
    assert len(closed) == first.calls + second.calls
    assert {"failed", "completed"} <= {r.outcome for r in closed}
