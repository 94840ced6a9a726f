"""What a call holds is given up when the call is not made, whatever kept it from being made."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from decimal import Decimal

import pytest
from livekit.agents import llm

from voicegateway import inference
from voicegateway.errors import BudgetExceededError, BudgetThrottleSignal, RateLimitExceeded
from voicegateway.middleware.call import Call, Leg, Scope
from voicegateway.middleware.estimates import Estimator
from voicegateway.pricing.overrides import Rate
from voicegateway.testing import FakeProvider, drain, prompt, retries, silence
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import Modality, PriceQuote, Unit

ZERO = Rate(Decimal(0))
RATES = {
    Unit.REQUESTS: ZERO,
    Unit.INPUT_TOKENS: Rate(Decimal("0.001")),
    Unit.OUTPUT_TOKENS: ZERO,
    Unit.CHARACTERS: Rate(Decimal("0.01")),
    Unit.AUDIO_SECONDS: Rate(Decimal("0.01")),
}
SHOP = "{{daily_budget: {cap}, budget_action: {action}, estimate: bound, {more}}}"


@pytest.fixture
def shop(tmp_path):
    made = []

    def open_shop(cap="1.00", action="block", more="tags: []", top="", **fake):
        project = SHOP.format(cap=cap, action=action, more=more)
        bench = plugin_bench(
            tmp_path, f"default_project: shop\nprojects:\n  shop: {project}\n{top}"
        )
        plugins = bench.__enter__()
        made.append(bench)
        plugins.install("acme", FakeProvider(rates=RATES, **fake))
        plugins.install("free", FakeProvider(rates=dict.fromkeys(RATES, ZERO)))
        return plugins

    yield open_shop
    for bench in made:
        bench.__exit__(None, None, None)


def outcomes(plugins):
    """After a clean stop: outcome and cost of every row."""
    plugins.gateway.close()
    with sqlite3.connect(plugins.ledger) as db:
        return db.execute("SELECT outcome, cost_nano FROM attempts").fetchall()


async def test_a_call_that_its_rate_limit_refuses_is_never_booked(shop):
    plugins = shop(top="rate_limits: {acme: {requests_per_minute: 1}}")
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("x" * 10))
    for _ in range(3):
        with pytest.raises(RateLimitExceeded):
            tts.synthesize("x" * 80)  # more than the lease: an open row is written first
    assert plugins.gateway.storage.accounts.get("shop").held_nano in (0, 100_000_000)
    assert [cost for _, cost in outcomes(plugins)] == [100_000_000]


async def test_a_call_that_cannot_be_made_is_never_booked(shop, monkeypatch):
    plugins = shop()
    tts = inference.TTS("acme/tone-1", streaming=False)
    with pytest.raises(TypeError):
        tts.synthesize("x" * 80, nonsense=1)
    assert plugins.gateway.storage.accounts.get("shop").held_nano == 0
    assert outcomes(plugins) == []


async def test_a_retry_that_never_begins_holds_nothing(shop):
    limit = "rate_limits: {acme: {requests_per_minute: 1, on_limit: wait}}"
    plugins = shop(top=limit, tts={"streaming": False, "fails": 9})
    tts = inference.TTS("acme/tone-1")
    stream = tts.synthesize("x" * 10, conn_options=retries(5))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await drain(stream)
    await stream.aclose()
    await plugins.rows()
    assert plugins.gateway.storage.accounts.get("shop").held_nano == 0
    assert [cost for _, cost in outcomes(plugins)] == [100_000_000]


async def test_what_is_free_is_never_refused(shop):
    """Though the account is overdrawn, and though the ledger has nothing left to lease."""
    plugins = shop(cap="0.10", more="throttle_stack: spare", action="throttle", top=SPARE)
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("x" * 10))
    await plugins.rows()
    account = plugins.gateway.storage.accounts.get("shop")
    account.spent(10**12)
    with sqlite3.connect(plugins.ledger) as db:
        db.execute("UPDATE rollup_days SET cost_nano = 900000000")
    await drain(tts.synthesize("x" * 10))
    assert [row.provider for row in await plugins.rows()] == ["acme", "free"]


SPARE = "stacks: {spare: {stt: free/ear-1, llm: free/parrot-1, tts: free/tone-1}}"


async def test_a_throttle_target_may_begin_with_the_name_of_what_it_replaces(shop):
    top = "stacks: {spare: {stt: acme/ear-1, llm: acme/parrot-1-mini, tts: acme/tone-1-mini}}"
    models, more = ("tone-1",), "throttle_stack: spare"
    plugins = shop(cap="0.10", action="throttle", more=more, top=top, models=models)
    tts = inference.TTS("acme/tone-1", streaming=False)
    for _ in range(2):
        await drain(tts.synthesize("x" * 10))
    assert [row.model for row in await plugins.rows()] == ["tone-1", "tone-1-mini"]


async def test_a_priced_throttle_target_is_refused_once_and_for_all(shop):
    top = (
        "models: {tts: {cheap: {provider: acme, model: tone-2}}}\n"
        "stacks: {spare: {stt: acme/ear-1, llm: acme/parrot-2, tts: cheap}}"
    )
    models = ("tone-1", "tone-2")
    shop(cap="0.10", action="throttle", more="throttle_stack: spare", top=top, models=models)
    with pytest.raises(BudgetThrottleSignal):
        inference.TTS("acme/tone-1", streaming=False).synthesize("x" * 50)


async def test_recognition_is_throttled_like_a_stream(shop):
    plugins = shop(cap="0.05", action="throttle", more="throttle_stack: spare", top=SPARE)
    stt = inference.STT("acme/ear-1", streaming=False)
    await stt.recognize(silence(4 * 16_000))
    await stt.recognize(silence(4 * 16_000))
    assert [row.provider for row in await plugins.rows()] == ["acme", "free"]


async def test_a_stream_keeps_the_cap_however_fast_it_is_fed(shop):
    plugins = shop(cap="30.00")
    tts = inference.TTS("acme/tone-1")
    stream = tts.stream()
    for _ in range(100):
        stream.push_text("x" * 100)  # a dollar each
    stream.end_input()
    with pytest.raises(BudgetExceededError):
        await drain(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert row.outcome == "failed"
    assert row.quote.amount_usd <= 30


async def test_a_stream_may_use_up_what_is_left(shop):
    plugins = shop(cap="10.00")
    tts = inference.TTS("acme/tone-1")
    async with tts.stream() as stream:
        for _ in range(9):
            stream.push_text("x" * 100)
        stream.end_input()
        await drain(stream)
    (row,) = await plugins.rows()
    assert (row.outcome, row.quote.amount_usd) == ("completed", 9)


async def test_unpriced_models_are_refused_without_a_cap_and_nothing_else_is(tmp_path):
    config = "projects: {default: {budget_action: block, unpriced: refuse}}"
    with plugin_bench(tmp_path, config) as plugins:
        plugins.install("acme", FakeProvider(rates=RATES, models=("tone-1",)))
        tone = inference.TTS("acme/tone-1", streaming=False)
        await drain(tone.synthesize("x" * 10))
        with pytest.raises(BudgetExceededError, match="no known price"):
            inference.TTS("acme/unheard-of", streaming=False).synthesize("hello")
        await plugins.rows()
        with sqlite3.connect(plugins.ledger) as db:
            assert db.execute("SELECT COUNT(*) FROM budget_draws").fetchone() == (0,)


async def test_a_cap_of_any_size_is_a_cap(shop):
    plugins = shop(cap="1000000000.00")
    tts = inference.TTS("acme/tone-1", streaming=False)
    await drain(tts.synthesize("x" * 10))
    assert len(await plugins.rows()) == 1


async def test_an_error_of_the_meter_leaves_no_hold(shop, monkeypatch):
    plugins = shop()
    monkeypatch.setattr("voicegateway.middleware.cost_tracker.measured_usage", lambda *_: 1 / 0)
    await drain(inference.TTS("acme/tone-1", streaming=False).synthesize("x" * 10))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == Decimal("0.10")
    assert row.quote.confidence == "estimated"
    assert plugins.gateway.storage.accounts.get("shop").held_nano == 0


def call_of(modality, mode="streaming", **known):
    call = Call("c", Leg("p", "m", modality), Scope("shop"), mode, None, 5.0)
    for name, value in known.items():
        setattr(call, name, value)
    return call


def per_unit(unit):
    """A dollar a unit, nothing for others."""
    return Estimator(lambda call, usage: PriceQuote(usage.units.get(unit, Decimal(0))))


def test_silence_is_held_for_where_a_session_is_billed(monkeypatch):
    call = call_of(Modality.STT)
    estimator = per_unit(Unit.SESSION_SECONDS)
    assert estimator.bound(call) == 60 * 10**9

    class Running:
        started, ended, input_start, input_end = time.perf_counter() - 3600, None, 0, None

    call.current = Running()
    assert estimator.bound(call) >= 3660 * 10**9


def test_audio_that_an_earlier_attempt_sent_is_not_held_for_again():
    class Failed:
        started, ended, input_start, input_end = 0.0, 1.0, 0, 16_000 * 3600

    call = call_of(Modality.STT, input_count=16_000 * 3600, input_rate=16_000, current=Failed())
    assert per_unit(Unit.AUDIO_SECONDS).bound(call) == 60 * 10**9


def test_an_answer_costs_no_more_than_its_limit():
    estimator = per_unit(Unit.OUTPUT_TOKENS)
    assert estimator.bound(call_of(Modality.LLM)) == 4096 * 10**9
    assert estimator.bound(call_of(Modality.LLM, output_limit=64)) == 64 * 10**9


async def test_the_limit_of_an_answer_is_what_the_call_says(shop):
    plugins = shop(cap="100000.00", llm={"delay": 5})
    seen = []
    admission = plugins.gateway.admission
    admit, admission.admit = admission.admit, lambda call: (seen.append(call), admit(call))

    @llm.function_tool
    async def weather(place: str) -> str:
        """What the weather is like."""

    stream = inference.LLM("acme/parrot-1").chat(
        chat_ctx=prompt("hi"), tools=[weather], extra_kwargs={"max_tokens": 77}
    )
    await stream.aclose()
    assert seen[0].output_limit == 77
    assert seen[0].tool_bytes > len("What the weather is like.")


def test_a_prompt_that_is_written_to_a_cache_costs_more():
    rates = {Unit.INPUT_TOKENS: 1, Unit.CACHE_WRITE_TOKENS: 2}

    def price(call, usage):
        known = [rates[unit] * size for unit, size in usage.units.items() if unit in rates]
        return PriceQuote(Decimal(sum(known)) if known else None)

    assert Estimator(price).bound(call_of(Modality.LLM, prompt_bytes=100)) == 208 * 10**9


def test_a_new_price_is_taken_up():
    price = [Decimal(1)]
    estimator = Estimator(lambda call, usage: PriceQuote(price[0]))
    assert estimator.bound(call_of(Modality.LLM)) == 10**9
    price[0] = Decimal(2)
    estimator.prices_changed()
    assert estimator.bound(call_of(Modality.LLM)) == 2 * 10**9


def test_a_price_below_nothing_holds_nothing():
    estimator = Estimator(lambda call, usage: PriceQuote(Decimal(-1)))
    assert estimator.bound(call_of(Modality.LLM)) == 0
