"""What calls leave in the ledger: the vendor's own client speaks to the vendor's protocol."""

import asyncio
from decimal import Decimal

import anthropic as sdk
import pytest
from asking import IN, OUT, counts, say
from cloud import Answer
from livekit.agents import AgentSession, function_tool
from livekit.plugins import anthropic

import voicegw_anthropic
from voicegateway import attach, inference
from voicegateway.testing import Fault, drain, prompt, retries


async def test_the_last_total_is_the_count_and_not_the_sum(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, first_count=3, totals=(6,))
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=25, output_tokens=6)
    assert (row.outcome, row.basis, row.verdict) == ("completed", "reported", "confirmed")
    assert row.quote.amount_usd == Decimal("0.000055")  # 25 at $1, 6 at $5 a million
    assert row.quote.confidence == "exact"
    assert row.vendor_request_id == "msg_1"
    assert 0 < row.ttfb_ms < row.duration_ms


async def test_cumulative_totals_that_grow_are_one_answer(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, totals=(2, 4, 6))
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=25, output_tokens=6)
    assert row.verdict == "confirmed"


async def test_cache_writes_of_both_lifetimes_have_their_own_rates(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=10, cache_5m=2000, cache_1h=3000, cache_read=4000)
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(
        input_tokens=10,
        cached_input_tokens=4000,
        cache_write_tokens=2000,
        cache_write_1h_tokens=3000,
        output_tokens=6,
    )
    # 10 at 1, 4000 at 0.10, 2000 at 1.25, 3000 at 2, 6 at 5
    assert row.quote.amount_usd == Decimal("0.00894")
    assert row.verdict == "confirmed"


async def test_a_cache_write_without_a_lifetime_is_the_shorter(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=10, cache_5m=2000, usage={"cache_creation": None})
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=10, cache_write_tokens=2000, output_tokens=6)


async def test_caching_marks_the_conversation(make, cloud):
    await say(make(caching="ephemeral", max_tokens=99))
    (request,) = cloud.requests
    assert request["max_tokens"] == 99
    llm = make(caching="ephemeral")
    context = prompt("and now?")
    context.add_message(role="system", content="Be brief.", created_at=0)
    await drain(llm.chat(chat_ctx=context, conn_options=retries(0)))
    assert cloud.requests[-1]["system"][-1]["cache_control"] == {"type": "ephemeral"}


async def test_thinking_is_billed_and_never_seen(make, cloud, plugins):
    thoughts = ("Hm, ", "let me ", "see.")
    cloud.answer = Answer(input_tokens=25, thoughts=thoughts, totals=(500,), thinking_tokens=494)
    await say(make())
    (row,) = await plugins.rows()
    assert row.units[OUT] == 500
    assert row.verdict == "confirmed"


async def test_an_older_model_does_not_say_how_much_it_thought(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, thoughts=("Hm.",), totals=(500,))
    await say(make())
    assert (await plugins.rows())[0].verdict == "confirmed"


async def test_without_thinking_a_count_far_from_ours_is_a_mismatch(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, totals=(500,), thinking_tokens=0)
    await say(make())
    (row,) = await plugins.rows()
    assert row.verdict == "mismatch"
    assert row.units[OUT] == 500  # the vendor's count is what it bills
    assert row.quote.confidence == "estimated"


async def test_a_total_sent_twice_is_billed_once(make, cloud, plugins):
    cloud.fault = Fault.USAGE_TWICE
    cloud.answer = Answer(input_tokens=25)
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=25, output_tokens=6)
    assert row.verdict == "duplicate"


async def test_without_usage_the_row_is_estimated(make, cloud, plugins):
    cloud.fault = Fault.NO_USAGE
    await say(make())
    (row,) = await plugins.rows()
    assert (row.verdict, row.basis) == ("usage_missing", "estimated")
    assert row.units[IN] > 0
    assert row.units[OUT] > 0
    assert row.quote.confidence == "estimated"


async def test_a_tool_call_is_output(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, words=(), tool=("weather", ('{"city":', '"Oslo"}')))

    @function_tool
    async def weather(city: str) -> str:
        """Look at the sky."""
        return city

    await say(make(), tools=[weather])
    (row,) = await plugins.rows()
    assert row.verdict == "confirmed"
    assert cloud.requests[0]["tools"][0]["name"] == "weather"


async def test_web_searches_are_billed_each(make, cloud, plugins):
    cloud.answer = Answer(input_tokens=25, web_searches=3)
    await say(make())
    (row,) = await plugins.rows()
    assert row.units == counts(input_tokens=25, output_tokens=6, requests=3)
    assert row.quote.amount_usd == Decimal("0.030055")


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        ({"service_tier": "standard", "inference_geo": "global"}, "0.000220"),
        ({"service_tier": "standard", "inference_geo": "us"}, "0.000242"),
        ({"service_tier": "standard", "speed": "fast"}, "0.000440"),
        ({"service_tier": "standard", "speed": "fast", "inference_geo": "us"}, "0.000484"),
        ({"service_tier": "priority"}, None),
        ({"service_tier": "standard", "inference_geo": "moon"}, None),
    ],
)
async def test_the_price_follows_tier_speed_and_place(make, cloud, plugins, usage, amount):
    cloud.answer = Answer(input_tokens=25, usage=usage)
    await say(make("claude-opus-5-5"))
    (row,) = await plugins.rows()
    assert row.quote.amount_usd == (None if amount is None else Decimal(amount))
    assert (row.quote.confidence == "unknown") == (amount is None)


async def test_two_answers_at_once_do_not_mix(make, cloud, plugins):
    cloud.answer = Answer(pause=0.02)
    llm = make()
    await asyncio.gather(say(llm, "one"), say(llm, "one two three four five"))
    first, second = sorted(row.units[IN] for row in await plugins.rows())
    assert second - first == 4


async def test_an_event_of_another_shape_costs_the_count_and_not_the_answer(make, cloud, plugins):
    usage = {"cache_creation": 5, "speed": ["slow"]}
    cloud.answer = Answer(input_tokens=25, usage=usage)
    assert await say(make()) == 3
    (row,) = await plugins.rows()
    assert row.outcome == "completed"
    assert row.units[IN] == 25


async def test_an_object_made_by_hand_is_estimated(plugins, cloud):
    plugins.install("anthropic", voicegw_anthropic)
    cloud.answer = Answer(input_tokens=25, first_count=1, totals=(6,))
    llm = anthropic.LLM(model="claude-haiku-4-5", base_url=cloud.url, api_key=cloud.key)
    attach(AgentSession(llm=llm))
    await say(llm)
    (row,) = await plugins.rows()
    assert (row.provider, row.verdict, row.basis) == ("anthropic", "usage_missing", "estimated")
    assert row.units == counts(input_tokens=25, output_tokens=7)  # LiveKit's sum
    await llm._client.close()


async def test_the_vendors_client_is_closed_unless_it_was_given(plugins, cloud):
    plugins.install("anthropic", voicegw_anthropic)
    client = sdk.AsyncClient(api_key=cloud.key, base_url=cloud.url)
    llm = inference.LLM("anthropic/claude-haiku-4-5", client=client, api_key=cloud.key)
    await say(llm)
    await llm.aclose()
    assert not client.is_closed()
    await client.close()
    own = inference.LLM("anthropic/claude-haiku-4-5", base_url=cloud.url, api_key=cloud.key)
    await own.aclose()
    assert own._client.is_closed()
