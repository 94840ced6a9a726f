"""Language models: what calls leave in the ledger, through the vendor's own client."""

import asyncio
from decimal import Decimal

import pytest
from cloud import Answer
from livekit.agents import AgentSession, APIConnectionError, APIConnectOptions, APIStatusError
from livekit.plugins import groq

import voicegw_groq
from voicegateway import attach
from voicegateway.testing import Fault, drain, prompt, retries
from voicegateway.types import Unit

MODEL = "openai/gpt-oss-120b"
IN, CACHED, OUT = Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS


def counts(**units):
    return {getattr(Unit, name.upper()): Decimal(count) for name, count in units.items()}


@pytest.fixture
def llm(make):
    return make("LLM", MODEL)


async def say(llm, text="hello", tries=0):
    return await drain(llm.chat(chat_ctx=prompt(text), conn_options=retries(tries)))


@pytest.mark.parametrize("usage_in", [("x_groq", "chunk"), ("chunk",), ("x_groq",)])
async def test_usage_is_read_wherever_it_comes_and_counted_once(llm, cloud, plugins, usage_in):
    cloud.answer = Answer(prompt_tokens=1000, completion_tokens=6, usage_in=usage_in)
    await say(llm)
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=1000, output_tokens=6)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.quote.amount_usd == Decimal("0.0001536")  # 1000 at $0.15, 6 at $0.60 a million
    assert row.quote.confidence == "exact"
    assert row.vendor_request_id == "chatcmpl-1"
    assert 0 < row.ttfb_ms < row.duration_ms


async def test_cached_input_is_part_of_the_prompt_and_costs_half(llm, cloud, plugins):
    cloud.answer = Answer(prompt_tokens=1000, cached_tokens=400)
    await say(llm)
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=600, cached_input_tokens=400, output_tokens=6)
    assert row.quote.amount_usd == Decimal("0.0001236")  # 600 at 0.15, 400 at 0.075, 6 at 0.60


async def test_cached_input_of_a_model_without_a_rate_for_it_is_unpriced(make, cloud, plugins):
    cloud.answer = Answer(prompt_tokens=1000, cached_tokens=400)
    await say(make("LLM", "llama-3.3-70b-versatile"))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None
    assert row.quote.unpriced == (CACHED,)


@pytest.mark.parametrize("said", [480, None])
async def test_reasoning_is_billed_and_never_seen(llm, cloud, plugins, said):
    thoughts = ("Let me ", "see.")
    cloud.answer = Answer(reasoning=thoughts, completion_tokens=500, reasoning_tokens=said)
    await say(llm)
    (row,) = await plugins.rows()
    assert (row.units[OUT], row.verdict) == (500, "confirmed")


async def test_thoughts_within_the_text_are_reasoning_too(make, cloud, plugins):
    words = ("<think>", "Let me see.", "</think>", "Yes.")
    cloud.answer = Answer(words=words, completion_tokens=500)
    await say(make("LLM", "qwen/qwen3-32b"))
    assert (await plugins.rows())[0].verdict == "confirmed"


async def test_without_reasoning_a_count_far_from_ours_is_a_mismatch(llm, cloud, plugins):
    cloud.answer = Answer(completion_tokens=500)
    await say(llm)
    (row,) = await plugins.rows()
    assert (row.units[OUT], row.verdict, row.quote.confidence) == (500, "mismatch", "estimated")


async def test_usage_that_comes_twice_is_billed_once(llm, cloud, plugins):
    cloud.fault = Fault.USAGE_TWICE
    cloud.answer = Answer(prompt_tokens=1000)
    await say(llm)
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=1000, output_tokens=6)
    assert row.verdict == "duplicate"


async def test_without_usage_the_row_is_estimated(llm, cloud, plugins):
    cloud.fault = Fault.NO_USAGE
    await say(llm)
    (row,) = await plugins.rows()
    assert (row.verdict, row.basis) == ("usage_missing", "estimated")
    assert row.units[IN] > 0
    assert row.units[OUT] > 0


@pytest.mark.parametrize(
    ("tier", "amount"),
    [("on_demand", "0.0001536"), ("flex", "0.0001536"), (None, "0.0001536"), ("performance", None)],
)
async def test_the_price_follows_the_tier_that_served(llm, cloud, plugins, tier, amount):
    cloud.answer = Answer(prompt_tokens=1000, service_tier=tier)
    await say(llm)
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == (None if amount is None else Decimal(amount))


async def test_a_tier_that_was_asked_for_counts_where_the_answer_names_none(make, cloud, plugins):
    cloud.answer = Answer(service_tier=None)
    await say(make("LLM", MODEL, service_tier="performance"))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd is None
    assert cloud.asked("chat/completions")[0].json()["service_tier"] == "performance"


async def test_a_barge_in_is_estimated(llm, cloud, plugins):
    cloud.answer = Answer(words=("Well, ", "so ", "long"), pause=5.0)
    stream = llm.chat(chat_ctx=prompt(), conn_options=retries(0))
    async with asyncio.timeout(5):
        await anext(stream)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("cancelled", "cancelled_partial", "estimated")
    assert row.units[IN] > 0
    assert 0 < row.units[OUT] < 10


@pytest.mark.parametrize("answer", [Answer(error=True), None])
async def test_an_answer_that_breaks_off_is_estimated(llm, cloud, plugins, answer):
    """By an `error` event, or by the connection."""
    if answer is None:
        cloud.fault = Fault.CLOSE_MID_STREAM
    else:
        cloud.answer = answer
    with pytest.raises(APIConnectionError):
        await say(llm)
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("failed", "usage_missing", "estimated")
    assert row.units[OUT] > 0


async def test_thoughts_that_were_cut_off_are_in_the_estimate(llm, cloud, plugins):
    cloud.answer = Answer(reasoning=("x" * 100, "y" * 101), words=("No.",), error=True)
    with pytest.raises(APIConnectionError):
        await say(llm)
    (row,) = await plugins.rows()
    assert row.units[OUT] == 51 + 1
    assert row.basis == "estimated"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, "APIStatusError 401"),
        (Fault.RATE_LIMITED, "APIStatusError 429"),
        (Fault.SERVER_ERROR, "APIStatusError 500"),
    ],
)
async def test_a_refused_request_costs_nothing(llm, cloud, plugins, fault, error):
    cloud.fault = fault
    with pytest.raises(APIStatusError):
        await say(llm)
    (row,) = await plugins.rows()
    assert (row.outcome, row.error, row.units) == ("failed", error, {})
    assert row.quote.amount_usd == 0


async def test_a_failure_and_its_retry_are_two_rows(llm, cloud, plugins):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    cloud.answer = Answer(prompt_tokens=1000)
    await say(llm, tries=1)
    failed, answered = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.units) == (1, "failed", {})
    assert (answered.attempt, answered.outcome) == (2, "completed")
    assert answered.units == counts(input_tokens=1000, output_tokens=6)
    assert failed.call_id == answered.call_id


async def test_a_silent_server_is_a_failed_attempt(llm, cloud, plugins):
    cloud.fault = Fault.HANG
    with pytest.raises(APIConnectionError):
        await drain(
            llm.chat(chat_ctx=prompt(), conn_options=APIConnectOptions(max_retry=0, timeout=0.2))
        )
    (row,) = await plugins.rows()
    assert (row.outcome, row.basis) == ("failed", "estimated")


async def test_two_answers_at_once_do_not_mix(llm, cloud, plugins):
    cloud.answer = Answer(pause=0.02)
    await asyncio.gather(say(llm, "one"), say(llm, "one two three four five"))
    first, second = sorted(row.units[IN] for row in await plugins.rows())
    assert second - first == 4


async def test_an_object_made_by_hand_has_what_livekit_reads(plugins, cloud):
    """It reads the usage chunk alone, and rightly."""
    plugins.install("groq", voicegw_groq)
    cloud.answer = Answer(prompt_tokens=1000, cached_tokens=400)
    llm = groq.LLM(model=MODEL, base_url=f"{cloud.url}/openai/v1", api_key=cloud.key)
    attach(AgentSession(llm=llm))
    await say(llm)
    (row,) = await plugins.rows()
    assert (row.provider, row.verdict) == ("groq", "confirmed")
    assert row.units == counts(input_tokens=600, cached_input_tokens=400, output_tokens=6)
    await llm.aclose()


async def test_the_stream_and_its_chunks_are_livekits_own(llm, cloud):
    stream = llm.chat(chat_ctx=prompt(), conn_options=retries(0))
    texts = [chunk.delta.content async for chunk in stream if chunk.delta]
    await stream.aclose()
    assert "".join(text or "" for text in texts) == "Hello there."
    assert isinstance(llm, groq.LLM)
