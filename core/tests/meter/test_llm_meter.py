"""LLM attempts: every row of "Observed" in LiveKit's metrics, and what those miss."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIConnectionError, APIStatusError, llm

from voicegateway.testing import FakeLLM, ScriptedError, drain, prompt, retries
from voicegateway.types import Unit


async def test_a_completed_turn_has_the_vendors_tokens(metered, rows):
    model = metered(FakeLLM(prompt_tokens=42, cached_tokens=10))
    await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis) == ("completed", "reported")
    assert row.units == {
        Unit.INPUT_TOKENS: 32,
        Unit.CACHED_INPUT_TOKENS: 10,
        Unit.OUTPUT_TOKENS: 4,
    }
    # 32 x 0.0001 + 10 x 0.00001 + 4 x 0.0004
    assert row.quote.amount_usd == Decimal("0.0049")
    assert 0 < row.ttfb_ms <= row.duration_ms
    assert row.vendor_request_id == "request-1"
    assert row.error is None


async def test_the_factory_object_is_native_and_untouched_elsewhere(metered):
    model = metered(FakeLLM())
    assert type(model) is FakeLLM
    assert isinstance(model, llm.LLM)
    assert (model.model, model.provider, model.label.rsplit(".", 1)[-1]) == (
        "parrot-1",
        "fake",
        "FakeLLM",
    )


async def test_closed_after_two_chunks_is_an_estimate_not_zero(metered, rows):
    model = metered(FakeLLM(delay=0.01, words=("tok ",) * 50))
    stream = model.chat(chat_ctx=prompt("a question of some length"))
    await anext(stream)
    await anext(stream)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("cancelled", "estimated", "cancelled_partial")
    assert row.units[Unit.OUTPUT_TOKENS] == 2
    assert row.units[Unit.INPUT_TOKENS] == 7 + 4  # 25 bytes and one message's frame
    assert row.quote.amount_usd == Decimal("0.0019")
    assert row.quote.confidence == "estimated"


async def test_closed_before_its_first_chunk_still_has_its_prompt(metered, rows):
    model = metered(FakeLLM(first_delay=5))
    stream = model.chat(chat_ctx=prompt("12345678"))
    await asyncio.sleep(0.02)
    await stream.aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.basis) == ("cancelled", "estimated")
    assert row.units == {Unit.INPUT_TOKENS: 2 + 4}
    assert row.ttfb_ms is None


async def test_closed_within_its_first_tick_is_one_row_that_used_nothing(metered, rows):
    model = metered(FakeLLM())
    await model.chat(chat_ctx=prompt()).aclose()
    (row,) = await rows.settled()
    assert (row.outcome, row.units, row.attempt.attempt) == ("cancelled", {}, 1)
    assert model.calls == 0


async def test_failure_after_three_tokens_without_retry(metered, rows):
    model = metered(FakeLLM(("tok ",) * 4, fails=1, fail_after=3))
    with pytest.raises(APIConnectionError):
        await drain(model.chat(chat_ctx=prompt(), conn_options=retries(0)))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.error) == ("failed", "estimated", "ScriptedError")
    assert row.units[Unit.OUTPUT_TOKENS] == 3


async def test_each_attempt_of_a_retried_turn_has_its_own_units(metered, rows):
    model = metered(FakeLLM(("tok ",) * 4, fails=1, fail_after=3))
    await drain(model.chat(chat_ctx=prompt(), conn_options=retries(1)))
    first, second = await rows.settled()
    assert first.attempt.call_id == second.attempt.call_id
    assert [first.attempt.attempt, second.attempt.attempt] == [1, 2]
    assert (first.outcome, first.units[Unit.OUTPUT_TOKENS]) == ("failed", 3)
    assert (second.outcome, second.units[Unit.OUTPUT_TOKENS]) == ("completed", 4)
    assert (first.basis, second.basis) == ("estimated", "reported")
    assert second.ttfb_ms < 1000  # of its own attempt, without the wait before it


async def test_two_failures_and_a_success_are_three_rows(metered, rows):
    model = metered(FakeLLM(fails=2, fail_after=0))
    await drain(model.chat(chat_ctx=prompt(), conn_options=retries(2)))
    assert [r.outcome for r in await rows.settled()] == ["failed", "failed", "completed"]


async def test_every_attempt_failing(metered, rows):
    model = metered(FakeLLM(fails=9))
    with pytest.raises(APIConnectionError):
        await drain(model.chat(chat_ctx=prompt(), conn_options=retries(1)))
    assert [(r.outcome, r.error) for r in await rows.settled()] == [("failed", "ScriptedError")] * 2


async def test_an_error_that_is_not_the_apis(metered, rows):
    class OddError(ValueError):
        pass

    model = metered(FakeLLM(fails=1, error=OddError))
    with pytest.raises(OddError):
        await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert (row.outcome, row.error) == ("failed", "OddError")


async def test_client_closed_request_is_cancelled(metered, rows):
    class HungUpError(APIStatusError):
        def __init__(self):
            super().__init__("closed", status_code=499)

    model = metered(FakeLLM(fails=1, error=HungUpError))
    assert await drain(model.chat(chat_ctx=prompt())) == 0
    (row,) = await rows.settled()
    assert (row.outcome, row.error) == ("cancelled", "HungUpError 499")


async def test_a_turn_without_a_usage_chunk(metered, rows):
    model = metered(FakeLLM(sends_usage=False))
    await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert (row.outcome, row.basis, row.verdict) == ("completed", "estimated", "usage_missing")
    assert row.units[Unit.OUTPUT_TOKENS] == 5  # 19 bytes


async def test_two_calls_on_one_object(metered, rows):
    model = metered(FakeLLM())
    await drain(model.chat(chat_ctx=prompt()))
    await drain(model.chat(chat_ctx=prompt()))
    first, second = await rows.settled()
    assert (
        first.attempt.call_id < second.attempt.call_id
        or first.attempt.started_us <= second.attempt.started_us
    )
    assert first.attempt.call_id != second.attempt.call_id


async def test_fifty_streams_at_once_do_not_mix(metered, rows):
    model = metered(FakeLLM(delay=0.001))
    taken = await asyncio.gather(
        *(drain(model.chat(chat_ctx=prompt("x" * (4 * n)))) for n in range(1, 51))
    )
    assert taken == [5] * 50
    closed = await rows.settled()
    assert len({r.attempt.call_id for r in closed}) == len(closed) == 50
    assert all(r.units[Unit.OUTPUT_TOKENS] == 4 for r in closed)


async def test_metered_twice_counts_once(metered, rows):
    model = metered(metered(FakeLLM()))
    await drain(model.chat(chat_ctx=prompt()))
    assert len(await rows.settled()) == 1


async def test_tool_calls_are_output(metered, rows):
    class Caller(FakeLLM):
        def chat(self, *, chat_ctx, **_):
            return CallerStream(self, chat_ctx=chat_ctx, tools=[], conn_options=retries(0))

    class CallerStream(llm.LLMStream):
        async def _run(self):
            call = llm.FunctionToolCall(name="weather", arguments='{"city": "Paris"}', call_id="1")
            delta = llm.ChoiceDelta(role="assistant", tool_calls=[call])
            self._event_ch.send_nowait(llm.ChatChunk(id="r", delta=delta))

    model = metered(Caller())
    await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert row.units[Unit.OUTPUT_TOKENS] == 6  # 24 bytes
    assert row.ttfb_ms is not None


async def test_the_last_of_several_usage_chunks_counts(metered, rows):
    class Chatty(FakeLLM):
        def chat(self, *, chat_ctx, **_):
            return ChattyStream(self, chat_ctx=chat_ctx, tools=[], conn_options=retries(0))

    class ChattyStream(llm.LLMStream):
        async def _run(self):
            for tokens in (1, 5, 9):
                usage = llm.CompletionUsage(
                    completion_tokens=tokens, prompt_tokens=3, total_tokens=3 + tokens
                )
                self._event_ch.send_nowait(llm.ChatChunk(id="r", usage=usage))

    await drain(metered(Chatty()).chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert row.units[Unit.OUTPUT_TOKENS] == 9


async def test_unpriced_models_cost_none_not_zero(metered, rows):
    model = metered(FakeLLM(), provider="stranger")
    await drain(model.chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert row.quote.amount_usd is None
    assert row.quote.confidence == "unknown"


async def test_an_open_row_holds_its_estimate(metered, rows):
    model = metered(FakeLLM(first_delay=5))
    stream = model.chat(chat_ctx=prompt("12345678"))
    await asyncio.sleep(0.01)
    (opened,) = rows.opened
    assert opened.held_nano == 600_000  # 6 tokens at $0.10 a thousand
    assert rows.closed == []
    await stream.aclose()


async def test_fallback_children_and_hidden_probes_are_all_rows(metered, rows):
    first, second = metered(FakeLLM(fails=9)), metered(FakeLLM())
    adapter = llm.FallbackAdapter([first, second], max_retry_per_llm=0)
    assert await drain(adapter.chat(chat_ctx=prompt())) == 5
    for _ in range(20):
        await asyncio.sleep(0.01)
    closed = await rows.settled()
    assert first.calls == 2  # LiveKit's hidden, billed probe
    assert sorted(r.outcome for r in closed) == ["completed", "failed", "failed"]


async def test_a_callback_of_ours_that_raises_never_reaches_the_agent(rows, caplog):
    from voicegateway.middleware import call as call_module
    from voicegateway.middleware.call import Leg, Scope
    from voicegateway.middleware.instrumented_provider import meter
    from voicegateway.types import Modality

    class Broken:
        def opened(self, *_):
            raise RuntimeError("secret words")

        checkpointed = closed = opened

    call_module._reported.clear()
    model = FakeLLM()
    leg = Leg("fake", "m", Modality.LLM)
    meter(model, leg, Broken(), lambda s: Scope("p"), lambda s: None)
    assert await drain(model.chat(chat_ctx=prompt())) == 5
    assert "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_scope_that_raises_never_reaches_the_agent(rows):
    from voicegateway.middleware.call import Leg
    from voicegateway.middleware.instrumented_provider import meter
    from voicegateway.types import Modality

    def scope(_):
        raise RuntimeError("no scope")

    model = FakeLLM()
    meter(model, Leg("fake", "m", Modality.LLM), None, scope, lambda s: None)
    assert await drain(model.chat(chat_ctx=prompt())) == 5


def test_the_scripted_error_is_retryable():
    assert ScriptedError().retryable
