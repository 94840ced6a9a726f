"""Fallback among language models."""

from __future__ import annotations

import asyncio
import logging

import pytest
from livekit.agents import APIConnectionError, APIConnectOptions, APIStatusError, llm

from voicegateway.errors import BudgetExceededError, RateLimitExceeded
from voicegateway.testing import FakeLLM, FakeProvider, drain, prompt
from voicegateway.types import Unit

ONCE = APIConnectOptions(max_retry=0, timeout=5)


async def answer(adapter, **keywords):
    text, calls = "", []
    async with adapter.chat(chat_ctx=prompt(), conn_options=ONCE, **keywords) as stream:
        async for chunk in stream:
            if chunk.delta is not None:
                text += chunk.delta.content or ""
                calls += chunk.delta.tool_calls
    return (text, calls) if calls else text


def facts(rows):
    return [(r.provider, r.outcome, r.fallback_from) for r in rows]


async def test_while_the_first_is_well_only_it_is_asked(chain, plugins):
    adapter = chain("llm", {"words": ("yes",)}, {"words": ("no",)})
    assert isinstance(adapter, llm.FallbackAdapter)
    assert await answer(adapter) == "yes"
    assert facts(await plugins.rows()) == [("p1", "completed", None)]


async def test_the_next_answers_and_its_row_says_after_whom(chain, plugins):
    adapter = chain("llm", {"fails": 9}, {"words": ("one ", "two"), "prompt_tokens": 7})
    assert await answer(adapter) == "one two"
    failed, served = await plugins.rows()
    assert facts([failed, served]) == [
        ("p1", "failed", None),
        ("p2", "completed", "p1/parrot-1"),
    ]
    assert failed.error == "ScriptedError"
    assert served.units == {Unit.INPUT_TOKENS: 7, Unit.OUTPUT_TOKENS: 2}
    assert failed.call_id != served.call_id


async def test_a_chain_of_three_names_the_one_right_before(chain, plugins):
    adapter = chain("llm", {"fails": 9}, {"fails": 9}, {"words": ("hi",)})
    assert await answer(adapter) == "hi"
    assert [r.fallback_from for r in await plugins.rows()] == [None, "p1/parrot-1", "p2/parrot-1"]


async def test_a_stuck_model_cannot_outlast_the_deadline(chain, plugins):
    adapter = chain("llm", {"fails": 9, "hang": True}, {"words": ("hi",)})
    assert await answer(adapter) == "hi"
    assert [(r.provider, r.outcome, r.error) for r in await plugins.rows()] == [
        ("p1", "failed", "APITimeoutError"),
        ("p2", "completed", None),
    ]


class Stubborn(FakeLLM):
    """Ignores its timeout, and being cancelled, for a while."""

    released = None

    def chat(self, **keywords):
        stream = super().chat(**keywords)

        async def run():
            while not self.released.is_set():
                try:
                    await self.released.wait()
                except asyncio.CancelledError:
                    continue

        stream._run = run
        return stream


async def test_nor_can_one_that_ignores_being_cancelled(chain, plugins, monkeypatch):
    monkeypatch.setattr(Stubborn, "released", asyncio.Event())
    provider = FakeProvider()
    provider._make = lambda *_: Stubborn()
    adapter = chain("llm", {}, {"words": ("hi",)})
    plugins.install("p0", provider)
    from voicegateway import inference
    from voicegateway.middleware.fallback import LLMFallback

    stuck = inference.LLM("p0/stuck", fallback=[])
    adapter = LLMFallback([stuck, *adapter.chain.natives], attempt_timeout=0.1)
    assert await answer(adapter) == "one two three four "
    Stubborn.released.set()
    rows = await plugins.rows()
    assert rows[-1].provider == "p1"
    assert rows[-1].fallback_from == "p0/stuck"


async def test_an_answer_without_text_or_tool_call_has_failed(chain, plugins):
    adapter = chain("llm", {"words": ()}, {"words": ("hi",)})
    assert await answer(adapter) == "hi"
    first, second = await plugins.rows()
    assert (first.outcome, second.fallback_from) == ("completed", "p1/parrot-1")
    assert first.units[Unit.INPUT_TOKENS] == 42  # it was billed all the same
    assert adapter.chain.recovery.is_down(0)


async def test_what_came_before_the_first_text_leaves_no_trace(chain):
    adapter = chain("llm", {"words": (" ", "\n"), "fails": 9, "fail_after": 2}, {"words": ("hi",)})
    assert await answer(adapter) == "hi"


async def test_after_text_was_sent_there_is_no_silent_switch(chain, plugins):
    adapter = chain("llm", {"fails": 9, "fail_after": 2}, {"words": ("hi",)})
    heard = []

    async def listen(stream):
        async for chunk in stream:
            heard.append(chunk.delta.content)  # noqa: PERF401 - what came before the error counts

    async with adapter.chat(chat_ctx=prompt(), conn_options=ONCE) as stream:
        with pytest.raises(APIConnectionError, match="boom"):
            await listen(stream)
    assert heard == ["one ", "two "]
    assert facts(await plugins.rows()) == [("p1", "failed", None)]


async def test_unless_it_was_asked_for(chain):
    adapter = chain(
        "llm", {"fails": 9, "fail_after": 1}, {"words": ("hi",)}, retry_on_chunk_sent=True
    )
    assert await answer(adapter) == "one hi"


async def test_a_model_that_stalls_in_the_middle_ends_the_answer(chain, plugins):
    script = {"fails": 9, "fail_after": 2, "hang": True}
    adapter = chain("llm", script, {"words": ("hi",)}, stall_timeout=0.1)
    with pytest.raises(APIConnectionError):
        await answer(adapter)
    assert facts(await plugins.rows()) == [("p1", "failed", None)]


async def test_when_all_fail_one_error_names_each_and_quotes_none(chain):
    adapter = chain("llm", {"fails": 9}, {"fails": 9, "error": RefusedError})
    with pytest.raises(APIConnectionError) as caught:
        await answer(adapter)
    assert str(caught.value) == (
        "Every LLM failed: p1/parrot-1: ScriptedError; p2/parrot-1: RefusedError 503."
    )


class RefusedError(APIStatusError):
    def __init__(self):
        super().__init__("the secret canary", status_code=503)


async def test_the_log_says_who_failed_and_nothing_that_was_said(chain, caplog):
    adapter = chain("llm", {"fails": 9, "error": RefusedError}, {})
    with caplog.at_level(logging.DEBUG, logger="voicegateway"):
        await answer(adapter)
    lines = [r.getMessage() for r in caplog.records if r.name == "voicegateway.fallback"]
    assert lines == ["LLM p1/parrot-1 failed (RefusedError 503)"]


class ToolLLM(FakeLLM):
    def chat(self, **keywords):
        stream = super().chat(**keywords)

        async def run():
            self.calls += 1
            call = llm.FunctionToolCall(name="look_up", arguments="{}", call_id="c1")
            delta = llm.ChoiceDelta(role="assistant", tool_calls=[call])
            stream._event_ch.send_nowait(llm.ChatChunk(id="r", delta=delta))

        stream._run = run
        return stream


async def test_a_thousand_turns_of_tool_calls_alone_cause_no_failover(chain, plugins):
    from voicegateway import inference
    from voicegateway.middleware.fallback import LLMFallback

    provider = FakeProvider()
    provider._make = lambda *_: ToolLLM()
    spare = chain("llm", {}).chain.natives
    plugins.install("p0", provider)
    adapter = LLMFallback([inference.LLM("p0/tools", fallback=[]), *spare])
    for _ in range(1000):
        _, calls = await answer(adapter)
        assert [call.name for call in calls] == ["look_up"]
    rows = await plugins.rows()
    assert len(rows) == 1000
    assert {(r.provider, r.outcome, r.fallback_from) for r in rows} == {("p0", "completed", None)}


async def test_a_failed_model_is_not_called_again_before_it_has_cooled_down(chain, clock, plugins):
    adapter = chain("llm", {"fails": 1}, {})
    failing, spare = adapter.chain.natives
    await answer(adapter)
    for _ in range(5):
        await answer(adapter)
    assert (failing.calls, spare.calls) == (1, 6)
    clock.now += 5
    await answer(adapter)
    await answer(adapter)
    assert (failing.calls, spare.calls) == (3, 6)
    assert len(await plugins.rows()) == 9  # what the caller needed, and no hidden call


async def test_a_probe_is_made_only_where_it_was_asked_for(chain, clock, plugins):
    adapter = chain("llm", {"fails": 1}, {}, probe=True)
    failing, spare = adapter.chain.natives
    await answer(adapter)
    clock.now += 5
    await answer(adapter)
    assert spare.calls == 2
    await asyncio.sleep(0.05)
    assert failing.calls == 2  # the probe
    await answer(adapter)
    assert (failing.calls, spare.calls) == (3, 2)
    assert len(await plugins.rows()) == 5
    await adapter.aclose()


async def test_availability_is_told_and_the_adapter_names_who_is_next(chain, clock):
    adapter = chain("llm", {"fails": 1}, {})
    told = []
    adapter.on("llm_availability_changed", lambda e: told.append((e.llm, e.available)))
    first, second = adapter.chain.natives
    await answer(adapter)
    assert told == [(first, False)]
    assert adapter._next_instance() is second
    clock.now += 5
    await answer(adapter)
    assert told == [(first, False), (first, True)]
    assert (adapter.model, adapter.provider) == ("parrot-1", "fake")


class BankruptError(BudgetExceededError):
    def __init__(self):
        super().__init__("no budget", project="default")


class Limited(RateLimitExceeded):
    def __init__(self):
        super().__init__("too many", provider="p1", retry_after=1)


async def test_a_budget_is_the_projects_so_no_other_model_is_asked(chain, plugins):
    adapter = chain("llm", {"fails": 9, "error": BankruptError}, {})
    with pytest.raises(BudgetExceededError):
        await answer(adapter)
    assert len(await plugins.rows()) == 1
    assert not adapter.chain.recovery.is_down(0)


async def test_a_rate_limit_of_ours_leads_to_the_next_and_blames_nobody(chain):
    adapter = chain("llm", {"fails": 9, "error": Limited}, {"words": ("hi",)})
    assert await answer(adapter) == "hi"
    assert not adapter.chain.recovery.is_down(0)


async def test_a_caller_that_hangs_up_fails_nobody(chain, plugins):
    adapter = chain("llm", {"delay": 0.05}, {})
    async with adapter.chat(chat_ctx=prompt(), conn_options=ONCE) as stream:
        async for _ in stream:
            break
    assert facts(await plugins.rows()) == [("p1", "cancelled", None)]
    assert not adapter.chain.recovery.is_down(0)


async def test_only_the_first_is_warmed_up_and_all_are_closed(chain):
    adapter = chain("llm", {}, {})
    warmed, closed = [], []

    def watch(place, native):
        async def aclose():
            closed.append(place)

        native.prewarm = lambda **_: warmed.append(place)
        native.aclose = aclose

    for place, native in enumerate(adapter.chain.natives):
        watch(place, native)
    adapter.prewarm()
    await adapter.aclose()
    assert (warmed, closed) == ([0], [0, 1])


async def test_metrics_of_who_served_reach_the_adapters_listeners(chain):
    adapter = chain("llm", {"fails": 9}, {})
    metrics = []
    adapter.on("metrics_collected", metrics.append)
    await drain(adapter.chat(chat_ctx=prompt(), conn_options=ONCE))
    assert [m.completion_tokens for m in metrics] == [4]
