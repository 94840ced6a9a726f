"""Rate limits act on real calls, before they are made, and are shared by processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicegateway import inference
from voicegateway.errors import RateLimitExceeded
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.limits import Limit, Permit
from voicegateway.storage.limits.buckets import LATE_US, PERMIT_US, burst_of, interval_us
from voicegateway.testing import FakeProvider, drain, prompt, retries, silence
from voicegateway.testing.bench import plugin_bench

PROGRAM = Path(__file__).parent / "programs" / "request.py"


@pytest.fixture
def shop(tmp_path):
    made = []

    def open_shop(limits, project="{}", **fake):
        bench = plugin_bench(tmp_path, f"rate_limits: {limits}\nprojects: {project}\n")
        plugins = bench.__enter__()
        made.append(bench)
        plugins.install("acme", FakeProvider(**fake))
        return plugins

    yield open_shop
    for bench in made:
        bench.__exit__(None, None, None)


async def test_a_request_above_the_rate_is_refused_before_it_is_made(shop):
    plugins = shop("{acme: {requests_per_minute: 60}}")
    llm = inference.LLM("acme/parrot-1")
    await drain(llm.chat(chat_ctx=prompt("hi")))
    with pytest.raises(RateLimitExceeded) as refused:
        llm.chat(chat_ctx=prompt("hi"))
    assert 0 < refused.value.retry_after <= 61 / 60
    assert refused.value.provider == "acme"
    assert "rate_limits.acme.requests_per_minute" in str(refused.value)
    assert llm.calls == 1
    assert len(await plugins.rows()) == 1


async def test_a_limit_waits_if_told_to(shop):
    shop("{acme: {requests_per_minute: 240, on_limit: wait}}")
    tts = inference.TTS("acme/tone-1", streaming=False)
    begun = time.monotonic()
    for _ in range(7):
        await drain(tts.synthesize("hello"))
    assert tts.calls == 7
    assert time.monotonic() - begun > 0.7  # four at once, then one each quarter of a second


async def test_a_retry_is_a_request(shop):
    plugins = shop("{acme: {requests_per_minute: 1}}", stt={"streaming": False, "fails": 9})
    stt = inference.STT("acme/ear-1")
    with pytest.raises(RateLimitExceeded):
        await stt.recognize(silence(), conn_options=retries(5))
    assert [row.outcome for row in await plugins.rows()] == ["failed"]


async def test_a_projects_own_limit_counts_beside_the_general_one(shop):
    shop(
        "{acme: {requests_per_minute: 600}}",
        "{shop: {rate_limits: {acme: {requests_per_minute: 60}}}}",
    )
    other = inference.TTS("acme/tone-1", streaming=False)
    own = inference.TTS("acme/tone-1", streaming=False, project="shop")
    await drain(own.synthesize("hello"))
    with pytest.raises(RateLimitExceeded, match=r"projects\.shop\.rate_limits\.acme"):
        own.synthesize("hello")
    await drain(other.synthesize("hello"))


async def test_open_streams_are_counted_and_counted_down(shop):
    plugins = shop("{acme: {concurrent_streams: 2}}")
    stt = inference.STT("acme/ear-1")
    first, second = stt.stream(), stt.stream()
    with pytest.raises(RateLimitExceeded, match="2 calls open"):
        stt.stream()
    await first.aclose()
    await plugins.rows()
    third = stt.stream()
    await second.aclose()
    await third.aclose()


async def test_a_refused_call_holds_no_budget(tmp_path):
    config = """
rate_limits: {acme: {requests_per_minute: 60}}
projects: {default: {daily_budget: 100, budget_action: block}}
"""
    with plugin_bench(tmp_path, config) as plugins:
        plugins.install("acme", FakeProvider())
        llm = inference.LLM("acme/parrot-1")
        await drain(llm.chat(chat_ctx=prompt("hi")))
        with pytest.raises(RateLimitExceeded):
            llm.chat(chat_ctx=prompt("hi"))
        await plugins.rows()
        assert plugins.gateway.storage.accounts.get("default").held_nano == 0


@given(st.integers(1, 100_000))
@settings(max_examples=200)
def test_no_minute_sees_more_than_the_limit(limit):
    """Whatever is asked for in a minute was given in that minute or in the second before it."""
    refill = -(-(60_000_000 + LATE_US) // interval_us(limit)) - 1
    assert 0.95 * limit <= burst_of(limit) + refill <= limit
    assert LATE_US >= PERMIT_US + 500_000  # as long as a permit lasts, and as a call waits for one


def test_the_bucket_of_a_dead_process_is_not_its_own(tmp_path):
    """A stream that its process did not live to end is counted down by those that live."""
    code = (
        "import os, sys\n"
        "from voicegateway.storage.ledger import open_ledger\n"
        "from voicegateway.storage.limits import Limit, Permit\n"
        "permit = Permit(Limit('acme', None, 1), stream=True)\n"
        "open_ledger(sys.argv[1]).obtain(permit, 5)\n"
        "assert permit.refused is None\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = tmp_path / "ledger.db"
    subprocess.run([sys.executable, "-c", code, path], check=False)
    ledger = open_ledger(path)
    ledger.start()
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            permit = Permit(Limit("acme", None, 1), stream=True)
            ledger.obtain(permit, 5)
            if permit.refused is None:
                break
            assert permit.refused == "streams"
            time.sleep(0.1)
        assert permit.refused is None
    finally:
        ledger.close()


async def test_processes_share_one_limit(tmp_path):
    seconds, limit, count = 6, 1200, 4
    arguments = [PROGRAM, tmp_path / "ledger.db", limit, seconds]
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, *map(str, arguments), stdout=asyncio.subprocess.PIPE
        )
        for _ in range(count)
    ]
    outputs = await asyncio.gather(*[one.communicate() for one in running])
    assert [one.returncode for one in running] == [0] * count
    moments = sorted(float(line) for out, _ in outputs for line in out.split())
    burst = limit // 60
    for start in range(0, len(moments), 7):
        for span in (1, 3):
            end = moments[start] + span
            inside = sum(moments[start] <= at < end for at in moments)
            assert inside <= burst + limit * (span + PERMIT_US / 1e6) / 60
    assert len(moments) >= 0.9 * limit * (moments[-1] - moments[0]) / 60
