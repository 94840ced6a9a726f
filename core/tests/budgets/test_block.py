"""A budget acts before a unit is spent: real calls on metered objects, refused or routed."""

from __future__ import annotations

import asyncio
import sqlite3
from decimal import Decimal

import pytest

from voicegateway import inference
from voicegateway.errors import BudgetExceededError, BudgetThrottleSignal
from voicegateway.pricing.overrides import Rate
from voicegateway.testing import FakeProvider, drain, prompt, retries, silence
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import Unit

RATES = {
    Unit.REQUESTS: Rate(Decimal(0)),
    Unit.INPUT_TOKENS: Rate(Decimal("0.001")),
    Unit.OUTPUT_TOKENS: Rate(Decimal(0)),
    Unit.CHARACTERS: Rate(Decimal("0.01")),
    Unit.AUDIO_SECONDS: Rate(Decimal("0.01")),
}
CONFIG = """
default_project: shop
projects:
  shop: {{daily_budget: {cap}, budget_action: {action}, estimate: {estimate}, {more}}}
stacks:
  spare: {{stt: free/ear-1, llm: free/parrot-1, tts: free/tone-1}}
"""


@pytest.fixture
def shop(tmp_path):
    made = []

    def open_shop(cap="1.00", action="block", estimate="bound", more="tags: []", **fake):
        config = CONFIG.format(cap=cap, action=action, estimate=estimate, more=more)
        bench = plugin_bench(tmp_path, config)
        plugins = bench.__enter__()
        made.append(bench)
        plugins.install("acme", FakeProvider(rates=RATES, **fake))
        plugins.install("free", FakeProvider(rates=dict.fromkeys(RATES, Rate(Decimal(0)))))
        return plugins

    yield open_shop
    for bench in made:
        bench.__exit__(None, None, None)


async def test_text_is_admitted_until_the_cap_and_not_beyond(shop):
    plugins = shop()
    tts = inference.TTS("acme/tone-1", streaming=False)
    for _ in range(4):
        await drain(tts.synthesize("x" * 24))  # 0.24 dollars each
    with pytest.raises(BudgetExceededError) as refused:
        tts.synthesize("x" * 24)
    rows = await plugins.rows()
    assert [row.quote.amount_usd for row in rows] == [Decimal("0.24")] * 4
    error = refused.value
    assert (error.project, error.cap_usd, error.estimate_usd) == ("shop", 1, Decimal("0.24"))
    assert error.spent_usd + error.held_usd <= 1
    assert "daily budget of $1.00" in str(error)
    assert "projects.shop.daily_budget" in str(error)
    assert "voicegw project shop" in str(error)
    await drain(tts.synthesize("x" * 4))  # what still fits is made


async def test_the_error_names_the_calls_that_hold_most(shop):
    plugins = shop()
    tts = inference.TTS("acme/tone-1", streaming=False, delay=5)
    running = tts.synthesize("x" * 80)
    with pytest.raises(BudgetExceededError) as refused:
        tts.synthesize("x" * 80)
    (key,) = [key for key, _ in plugins.gateway.storage.accounts.get("shop").holders()]
    assert f"Held here by {key[0]} $0.80" in str(refused.value)
    await running.aclose()


async def test_nothing_is_asked_of_the_vendor_when_a_call_is_refused(shop):
    shop(cap="0.01")
    llm = inference.LLM("acme/parrot-1")
    with pytest.raises(BudgetExceededError):
        llm.chat(chat_ctx=prompt("hello " * 100))
    assert llm.calls == 0


async def test_two_hundred_calls_at_once_keep_the_cap(shop):
    plugins = shop()
    tts = inference.TTS("acme/tone-1", streaming=False, delay=0.01)

    async def call():
        try:
            await drain(tts.synthesize("x" * 10))
        except BudgetExceededError:
            return 0
        return 1

    assert sum(await asyncio.gather(*[call() for _ in range(200)])) == 10
    rows = await plugins.rows()
    assert sum(row.quote.amount_usd for row in rows) == 1
    assert tts.calls == 10


async def test_recognition_is_admitted_by_its_length(shop):
    shop(cap="0.10")
    stt = inference.STT("acme/ear-1", streaming=False)
    await stt.recognize(silence(8 * 16_000))
    with pytest.raises(BudgetExceededError):
        await stt.recognize(silence(8 * 16_000))
    await stt.recognize(silence(16_000))


async def test_a_retry_is_admitted_like_a_call(shop):
    plugins = shop(cap="0.35", tts={"streaming": False, "fails": 5})
    tts = inference.TTS("acme/tone-1")
    with pytest.raises(BudgetExceededError):
        await drain(tts.synthesize("x" * 10, conn_options=retries(5)))
    rows = await plugins.rows()
    assert [row.outcome for row in rows] == ["failed"] * 3
    assert sum(row.quote.amount_usd for row in rows) == Decimal("0.30")


async def talk_for_ever(stream):
    """Five seconds of audio every few milliseconds, until the stream ends."""

    async def push():
        while True:
            stream.push_frame(silence(5 * 16_000))
            await asyncio.sleep(0.02)

    talking = asyncio.create_task(push())
    try:
        async for _ in stream:
            pass
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


async def test_a_stream_ends_when_the_cap_is_reached(shop, monkeypatch):
    monkeypatch.setattr("voicegateway.middleware.instrumented_provider.CHECKPOINT_SECONDS", 0.05)
    plugins = shop(cap="1.00")
    stt = inference.STT("acme/ear-1")
    async with asyncio.timeout(20), stt.stream() as stream:
        with pytest.raises(BudgetExceededError):
            await talk_for_ever(stream)
    (row,) = await plugins.rows()
    assert row.outcome == "failed"
    assert row.error == "BudgetExceededError"


async def test_cancelled_calls_hold_nothing(shop):
    plugins = shop()
    llm = inference.LLM("acme/parrot-1", delay=0.01)
    for _ in range(300):  # of which the cap has room for 23
        stream = llm.chat(chat_ctx=prompt("a" * 34))
        await stream.aclose()  # before its first attempt began: it costs nothing
    await plugins.rows()
    account = plugins.gateway.storage.accounts.get("shop")
    assert account.held_nano == 0
    with sqlite3.connect(plugins.ledger) as db:
        assert db.execute("SELECT COUNT(*) FROM open_attempts").fetchone() == (0,)


async def test_unpriced_models_are_refused_or_let_through_as_told(shop):
    shop(more="unpriced: refuse", models=("tone-1",))
    tts = inference.TTS("acme/unheard-of", streaming=False)
    with pytest.raises(BudgetExceededError, match=r"has no known price.*unpriced"):
        tts.synthesize("hello")
    await drain(inference.TTS("acme/tone-1", streaming=False).synthesize("hello"))


async def test_unpriced_models_are_let_through_by_default(shop):
    plugins = shop(models=("tone-1",))
    await drain(inference.TTS("acme/unheard-of", streaming=False).synthesize("hello"))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None


async def test_a_throttled_project_goes_to_its_stack(shop):
    plugins = shop(cap="0.25", action="throttle", more="throttle_stack: spare")
    tts = inference.TTS("acme/tone-1", streaming=False)
    for _ in range(4):
        await drain(tts.synthesize("x" * 10))
    rows = await plugins.rows()
    assert [row.provider for row in rows] == ["acme", "acme", "free", "free"]
    assert sum(row.quote.amount_usd for row in rows) == Decimal("0.20")


async def test_without_a_stack_a_throttled_call_says_so(shop):
    shop(cap="0.01", action="throttle")
    with pytest.raises(BudgetThrottleSignal):
        inference.TTS("acme/tone-1", streaming=False).synthesize("x" * 10)


async def test_a_warned_project_goes_on_and_is_told_once(shop, caplog):
    plugins = shop(cap="0.10", action="warn")
    tts = inference.TTS("acme/tone-1", streaming=False)
    for _ in range(3):
        await drain(tts.synthesize("x" * 9))
        await plugins.rows()
    await asyncio.sleep(2.5)
    warnings = [r.message for r in caplog.records if r.name == "voicegateway.budget"]
    assert len([w for w in warnings if "100 %" in w]) == 1
    assert len([w for w in warnings if "80 %" in w]) <= 1
    assert len(await plugins.rows()) == 3


async def test_what_calls_cost_of_late_is_what_they_hold(shop):
    plugins = shop(estimate="typical", cap="10.00")
    llm = inference.LLM("acme/parrot-1")  # 42 prompt tokens, 0.042 dollars
    for _ in range(25):
        await drain(llm.chat(chat_ctx=prompt("a" * 400)))  # bound: 0.4 and more
        await plugins.rows()
    await drain(llm.chat(chat_ctx=prompt("a" * 400)))
    await plugins.rows()
    with sqlite3.connect(plugins.ledger) as db:
        held = [row[0] for row in db.execute("SELECT held_nano FROM attempts ORDER BY rowid")]
    assert held[0] > 400_000_000
    assert held[-1] == 50_400_000
