"""Through the meter: units, outcome and verdict of each attempt."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIStatusError

from voicegateway.testing import drain, prompt, retries
from voicegateway.types import Unit

PROMPT = "a question of some length"
ESTIMATED = 7 + 4  # 25 bytes, and one message's frame


async def test_a_turn_has_the_servers_count(metered, rows):
    await drain(metered().chat(chat_ctx=prompt(PROMPT)))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.units == {Unit.INPUT_TOKENS: 26, Unit.OUTPUT_TOKENS: 2}
    assert row.quote.amount_usd == Decimal(0)
    assert row.quote.source == "self-hosted: Ollama runs on this machine and nobody bills for it"
    assert row.vendor_request_id.startswith("ollama_")


async def test_a_prompt_that_ollama_did_not_count_is_estimated(metered, rows, server, said):
    server.answer = [said.line("Hello"), said.done(0, 17)]
    await drain(metered().chat(chat_ctx=prompt(PROMPT)))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "estimated", "usage_missing")
    assert row.units == {Unit.INPUT_TOKENS: ESTIMATED, Unit.OUTPUT_TOKENS: 17}


async def test_a_turn_cut_off_is_estimated_from_its_chunks(metered, rows, server, said):
    server.answer = [*(said.line("tok ") for _ in range(3)), 5.0, said.done()]
    stream = metered().chat(chat_ctx=prompt(PROMPT))
    for _ in range(3):
        await anext(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "estimated", "cancelled_partial")
    assert row.units == {Unit.INPUT_TOKENS: ESTIMATED, Unit.OUTPUT_TOKENS: 3}


async def test_cut_off_before_its_first_token(metered, rows, server):
    server.answer = [5.0]
    stream = metered().chat(chat_ctx=prompt(PROMPT))
    await asyncio.sleep(0.1)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.units) == ("cancelled", {Unit.INPUT_TOKENS: ESTIMATED})


async def test_failed_attempts_are_rows_of_their_own(metered, rows, server):
    server.status, server.failures, server.error = 503, 2, "server busy, please try again."
    await drain(metered().chat(chat_ctx=prompt(), conn_options=retries(2)))
    closed = await rows.settled()
    assert [row.outcome for row in closed] == ["failed", "failed", "completed"]
    assert [row.error for row in closed] == ["APIStatusError 503", "APIStatusError 503", None]
    assert [row.units.get(Unit.OUTPUT_TOKENS) for row in closed] == [None, None, 2]


async def test_a_crash_in_the_middle_keeps_what_was_said(metered, rows, server, said):
    crashed = {"error": "llama runner process has terminated: signal: killed"}
    server.answer = [said.line("Hello"), said.line(" you"), crashed]
    with pytest.raises(APIStatusError):
        await drain(metered().chat(chat_ctx=prompt(PROMPT), conn_options=retries(3)))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("failed", "estimated", "usage_missing")
    assert row.units[Unit.OUTPUT_TOKENS] == 3  # 9 bytes


async def test_a_turn_that_says_nothing_and_counts_nothing(metered, rows, server, said):
    server.answer = [said.done(0, 0)]
    await drain(metered().chat(chat_ctx=prompt(PROMPT)))
    (row,) = await rows.settled()
    assert (row.outcome, row.verdict) == ("completed", "usage_missing")
    assert row.units == {Unit.INPUT_TOKENS: ESTIMATED}


async def test_loading_is_no_call(metered, rows, server):
    model = metered()
    model.prewarm()
    await asyncio.sleep(0.1)
    assert len(server.loads) == 1
    assert await rows.settled() == []
