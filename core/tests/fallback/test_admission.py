"""Chains under budgets and limits of the config."""

from __future__ import annotations

import pytest
from ears import word
from livekit.agents import APIConnectOptions

from voicegateway import inference
from voicegateway.errors import BudgetExceededError
from voicegateway.testing import FakeProvider, drain, plugin_bench, prompt

ONCE = APIConnectOptions(max_retry=0, timeout=5)
CONFIG = """
providers: {one: {}, two: {}}
projects:
  poor: {daily_budget: 0, budget_action: block}
rate_limits:
  one: {requests_per_minute: 1}
"""


@pytest.fixture
def bench(tmp_path):
    with plugin_bench(tmp_path, CONFIG) as bench:
        for name in ("one", "two"):
            bench.install(name, FakeProvider(models=("m",)))
        yield bench


def think(**settings):
    model = inference.LLM("one/m", fallback="two/m", **settings)
    return drain(model.chat(chat_ctx=prompt(), conn_options=ONCE))


def speak(**settings):
    stream = inference.TTS("one/m", fallback="two/m", **settings).stream(conn_options=ONCE)
    stream.push_text("Hello.")
    stream.end_input()
    return drain(stream)


def say(**settings):
    voice = inference.TTS("one/m", fallback="two/m", **settings)
    return drain(voice.synthesize("Hello.", conn_options=ONCE))


def listen(**settings):
    stream = inference.STT("one/m", fallback="two/m", **settings).stream(conn_options=ONCE)
    for frame in word(1):
        stream.push_frame(frame)
    stream.end_input()
    return drain(stream)


def recognize(**settings):
    ear = inference.STT("one/m", fallback="two/m", **settings)
    return ear.recognize(word(1), conn_options=ONCE)


ASK = [think, speak, say, listen, recognize]


@pytest.mark.parametrize("ask", ASK)
async def test_a_spent_budget_ends_it_and_no_model_is_asked(bench, ask):
    with pytest.raises(BudgetExceededError, match="poor"):
        await ask(project="poor")
    assert await bench.rows() == []


@pytest.mark.parametrize("ask", ASK)
async def test_at_a_limit_the_next_model_is_asked_at_once(bench, ask):
    for _ in range(2):
        assert await ask()
    rows = await bench.rows()
    assert [(r.provider, r.fallback_from) for r in rows] == [
        ("one", None),
        ("two", "one/m"),
    ]
