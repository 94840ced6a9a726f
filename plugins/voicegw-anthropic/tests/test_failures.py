"""What calls leave in the ledger that were cut off, refused or broken."""

import asyncio

import pytest
from asking import IN, OUT, READ, counts, say
from cloud import Answer
from livekit.agents import APIConnectionError, APIConnectOptions, APIStatusError

from voicegateway.testing import Fault, drain, prompt, retries


async def test_a_barge_in_has_the_vendors_prompt_and_an_estimated_answer(make, cloud, plugins):
    cloud.answer = Answer(
        input_tokens=250, cache_read=4000, words=("Well, ", "so ", "long"), pause=5.0
    )
    stream = make().chat(chat_ctx=prompt(), conn_options=retries(0))
    async with asyncio.timeout(5):
        async for chunk in stream:
            if chunk.delta and chunk.delta.content:
                break
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("cancelled", "cancelled_partial", "estimated")
    assert row.units[IN] == 250
    assert row.units[READ] == 4000
    assert 0 < row.units[OUT] < 10
    assert row.quote.confidence == "estimated"


async def test_thoughts_that_were_cut_off_are_in_the_estimate(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=250, thoughts=("x" * 100, "y" * 101), error="api_error")
    with pytest.raises(APIStatusError):
        await say(make())
    (row,) = await plugins.rows()
    assert row.units[OUT] == 51 + 2
    assert row.basis == "estimated"


async def test_an_overload_in_mid_answer_keeps_what_was_counted(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=250, error="overloaded_error")
    with pytest.raises(APIStatusError) as failure:
        await say(make())
    assert failure.value.status_code == 529
    assert failure.value.retryable
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.error) == (
        "failed",
        "usage_missing",
        "APIStatusError 529",
    )
    assert row.units[IN] == 250
    assert row.units[OUT] == 2


async def test_an_invalid_request_in_mid_answer_is_not_tried_again(make, cloud, plugins):
    cloud.answer = Answer(error="invalid_request_error")
    with pytest.raises(APIStatusError):
        await say(make(), tries=2)
    assert [row.error for row in await plugins.rows()] == ["APIStatusError 400"]


async def test_an_overload_and_then_an_answer_are_two_rows(make, cloud, plugins):
    cloud.overloaded = 1
    cloud.answer = Answer(input_tokens=25)
    await say(make(), tries=1)
    failed, answered = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.error) == (1, "failed", "APIStatusError 529")
    assert failed.units == {}
    assert failed.quote.amount_usd == 0
    assert (answered.attempt, answered.outcome) == (2, "completed")
    assert answered.units == counts(input_tokens=25, output_tokens=6)
    assert failed.call_id == answered.call_id


async def test_counts_of_a_failed_attempt_stay_out_of_the_next(make, cloud, plugins):
    """LiveKit's plugin carries them over within one stream."""
    cloud.earlier = [Answer(input_tokens=25, cache_5m=2000, error="overloaded_error")]
    cloud.answer = Answer(input_tokens=25, cache_read=2000)
    await say(make(), tries=1)
    failed, answered = await plugins.rows()
    assert (failed.outcome, failed.error) == ("failed", "APIStatusError 529")
    assert failed.units == counts(input_tokens=25, cache_write_tokens=2000, output_tokens=2)
    assert answered.units == counts(input_tokens=25, cached_input_tokens=2000, output_tokens=6)
    assert answered.verdict == "confirmed"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.WRONG_KEY, "APIStatusError 401"),
        (Fault.RATE_LIMITED, "APIStatusError 429"),
        (Fault.SERVER_ERROR, "APIStatusError 500"),
    ],
)
async def test_a_refused_request_costs_nothing(make, cloud, plugins, fault, error):
    cloud.fault = fault
    with pytest.raises(APIStatusError):
        await say(make())
    (row,) = await plugins.rows()
    assert (row.outcome, row.error, row.units) == ("failed", error, {})
    assert row.quote.amount_usd == 0


async def test_a_connection_that_breaks_keeps_what_was_counted(make, cloud, plugins):
    cloud.fault = Fault.CLOSE_MID_STREAM
    cloud.answer = Answer(input_tokens=250)
    with pytest.raises(APIConnectionError):
        await say(make())
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("failed", "usage_missing", "estimated")
    assert row.units[IN] == 250


async def test_a_silent_server_is_a_failed_attempt(make, cloud, plugins):
    cloud.fault = Fault.HANG
    options = APIConnectOptions(max_retry=0, timeout=0.2)
    with pytest.raises(APIConnectionError):
        await drain(make().chat(chat_ctx=prompt(), conn_options=options))
    (row,) = await plugins.rows()
    assert (row.outcome, row.basis) == ("failed", "estimated")
