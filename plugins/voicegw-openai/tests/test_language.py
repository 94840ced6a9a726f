"""Language models, from the request that OpenAI gets to the row, through all three ways."""

import asyncio
import contextlib
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIStatusError
from livekit.plugins import openai

from voicegateway import inference
from voicegateway.testing import Fault, drain, prompt, retries
from voicegateway.types import Unit

CHAT = {}
HTTP = {"api": "responses", "use_websocket": False}
SOCKET = {"api": "responses"}
WAYS = pytest.mark.parametrize("way", [CHAT, HTTP, SOCKET], ids=["chat", "http", "websocket"])
RESPONSES = pytest.mark.parametrize("way", [HTTP, SOCKET], ids=["http", "websocket"])

WRITTEN = 10
"""Tokens of the scripted answer."""


@contextlib.asynccontextmanager
async def language_model(at, way, model="gpt-4o-mini"):
    made = inference.LLM(f"openai/{model}", **at, **way)
    try:
        yield made
    finally:
        await made.aclose()


async def row_of_one(bench, at, way, model="gpt-4o-mini"):
    async with language_model(at, way, model) as llm:
        await drain(llm.chat(chat_ctx=prompt("How is the fox?"), conn_options=retries(0)))
    (row,) = await bench.rows()
    return row


@WAYS
async def test_a_turn_is_what_openai_counted(bench, cloud, at, way):
    row = await row_of_one(bench, at, way)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    tokens = row.units[Unit.INPUT_TOKENS]
    assert row.units == {Unit.INPUT_TOKENS: tokens, Unit.OUTPUT_TOKENS: WRITTEN}
    cost = tokens * Decimal("0.00000015") + WRITTEN * Decimal("0.0000006")
    assert row.quote.amount_usd == cost
    assert row.quote.confidence == "exact"
    assert 0 < row.ttfb_ms < row.duration_ms


@WAYS
async def test_the_native_class_is_returned(bench, at, way):
    kind = openai.responses.LLM if "api" in way else openai.LLM
    async with language_model(at, way) as llm:
        assert isinstance(llm, kind)


async def test_usage_is_asked_for(bench, cloud, at):
    await row_of_one(bench, at, CHAT)
    asked = cloud.received[-1].json()
    assert asked["stream_options"] == {"include_usage": True}
    assert asked["model"] == "gpt-4o-mini"


@WAYS
async def test_cached_and_written_tokens_have_their_own_rates(bench, cloud, at, way):
    cloud.details = {"cached_tokens": 1024, "cache_write_tokens": 256}
    row = await row_of_one(bench, at, way, "gpt-5.6-luna")
    assert row.units[Unit.CACHED_INPUT_TOKENS] == 1024
    assert row.units[Unit.CACHE_WRITE_TOKENS] == 256
    rates = {
        Unit.INPUT_TOKENS: Decimal("0.0000002"),
        Unit.CACHED_INPUT_TOKENS: Decimal("0.00000002"),
        Unit.CACHE_WRITE_TOKENS: Decimal("0.00000025"),
        Unit.OUTPUT_TOKENS: Decimal("0.0000012"),
    }
    assert row.quote.amount_usd == sum(row.units[unit] * rate for unit, rate in rates.items())


async def test_audio_tokens_that_livekit_drops_are_units(bench, cloud, at):
    cloud.details = {"audio_tokens": 5}
    row = await row_of_one(bench, at, CHAT, "gpt-audio")
    assert row.units[Unit.INPUT_AUDIO_TOKENS] == 5
    lines = {line.unit: line.amount_usd for line in row.quote.lines}
    assert lines[Unit.INPUT_AUDIO_TOKENS] == Decimal("0.00016")


@RESPONSES
async def test_cache_writes_of_12_hours_are_units_and_have_no_price(bench, cloud, at, way):
    split = {"ttl_30m_tokens": 0, "ttl_12h_tokens": 256}
    cloud.details = {
        "cached_tokens": 0,
        "cache_write_tokens": 256,
        "cache_write_tokens_details": split,
    }
    row = await row_of_one(bench, at, way, "gpt-5.6-luna")
    assert row.units[Unit.CACHE_WRITE_1H_TOKENS] == 256
    assert row.quote.amount_usd is None


@WAYS
async def test_reasoning_is_billed_as_output_and_confirmed_unseen(bench, cloud, at, way):
    cloud.reasoning = 900
    row = await row_of_one(bench, at, way, "gpt-5-mini")
    assert (row.units[Unit.OUTPUT_TOKENS], row.verdict) == (WRITTEN + 900, "confirmed")


@WAYS
async def test_the_tier_that_served_the_request_is_priced(bench, cloud, at, way):
    cloud.tier = "priority"
    row = await row_of_one(bench, at, way, "gpt-4.1")
    tokens = row.units[Unit.INPUT_TOKENS]
    assert row.quote.amount_usd == (tokens * Decimal("3.5") + WRITTEN * 14) / 1_000_000


@WAYS
async def test_the_tier_that_was_asked_for_counts_until_openai_says(bench, cloud, at, way):
    cloud.fault = Fault.NO_USAGE
    row = await row_of_one(bench, at, {**way, "service_tier": "priority"}, "gpt-4.1")
    assert row.verdict == "usage_missing"
    assert row.quote.lines[0].rate_usd == Decimal("3.5")


@RESPONSES
async def test_an_incomplete_response_is_billed_and_in_the_ledger(bench, cloud, at, way):
    """LiveKit makes an error of it and drops its usage."""
    cloud.incomplete = True
    async with language_model(at, way) as llm:
        with pytest.raises(APIStatusError, match="max_output_tokens"):
            await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0)))
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "reported", "confirmed")
    assert row.units[Unit.OUTPUT_TOKENS] == WRITTEN


@WAYS
async def test_barge_in_is_estimated_from_what_came(bench, cloud, at, way):
    cloud.pause = 0.02
    async with language_model(at, way) as llm:
        stream = llm.chat(chat_ctx=prompt("How is the fox?"), conn_options=retries(0))
        for _ in range(3):
            await anext(stream)
        await stream.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "estimated", "cancelled_partial")
    assert 3 <= row.units[Unit.OUTPUT_TOKENS] < WRITTEN
    assert row.quote.confidence == "estimated"


@WAYS
async def test_a_failed_attempt_and_its_retry_are_two_rows(bench, cloud, at, way):
    cloud.fault, cloud.times = Fault.SERVER_ERROR, 1
    async with language_model(at, way) as llm:
        await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(1)))
    rows = await bench.rows()
    assert [(row.attempt, row.outcome) for row in rows] == [(1, "failed"), (2, "completed")]
    assert len({row.call_id for row in rows}) == 1
    assert rows[0].verdict == "usage_missing"


@WAYS
async def test_an_answer_that_breaks_off_is_estimated(bench, cloud, at, way):
    cloud.fault = Fault.CLOSE_MID_STREAM
    async with language_model(at, way) as llm:
        with pytest.raises((APIConnectionError, APIStatusError)):
            await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0)))
    (row,) = await bench.rows()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "estimated", "usage_missing")
    assert row.units[Unit.OUTPUT_TOKENS] >= 5


@pytest.mark.parametrize("way", [CHAT, HTTP], ids=["chat", "http"])
async def test_a_total_that_comes_twice_is_priced_once(bench, cloud, at, way):
    cloud.fault = Fault.USAGE_TWICE
    row = await row_of_one(bench, at, way)
    assert (row.verdict, row.units[Unit.OUTPUT_TOKENS]) == ("duplicate", WRITTEN)


@WAYS
async def test_two_answers_at_once_do_not_mix(bench, cloud, at, way):
    cloud.pause = 0.005
    async with language_model(at, way) as llm:
        texts = ("short", "a question that is a good deal longer than the other one is")
        await asyncio.gather(
            *(drain(llm.chat(chat_ctx=prompt(t), conn_options=retries(0))) for t in texts)
        )
    inputs = sorted(row.units[Unit.INPUT_TOKENS] for row in await bench.rows())
    assert inputs[0] + 10 < inputs[1]


async def test_a_rate_limit_says_429_in_the_row(bench, cloud, at):
    cloud.fault = Fault.RATE_LIMITED
    async with language_model(at, CHAT) as llm:
        with pytest.raises(APIStatusError):
            await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0)))
    (row,) = await bench.rows()
    assert row.error == "APIStatusError 429"
