"""The contract with LiveKit: every private name that the meter leans on is there and behaves."""

from __future__ import annotations

import asyncio

from livekit.agents import AgentSession, llm, stt, tts

from voicegateway.middleware import livekit_names
from voicegateway.testing import FakeLLM, FakeSTT, FakeTTS, drain, prompt


def streams_of_each_kind():
    return (
        FakeLLM().chat(chat_ctx=prompt()),
        FakeSTT().stream(),
        FakeTTS().stream(),
        FakeTTS(streaming=False).synthesize("hello"),
    )


async def test_every_name_is_where_the_meter_expects_it():
    for stream in streams_of_each_kind():
        assert livekit_names.missing(stream) is None
        assert isinstance(livekit_names.main_task(stream), asyncio.Task)
        await stream.aclose()


async def test_a_name_that_moved_is_said_in_a_sentence(monkeypatch):
    names = {llm.LLMStream: ("_run", "_attempt_loop", "_gone")}
    monkeypatch.setattr(livekit_names, "STREAM_NAMES", names)
    stream = FakeLLM().chat(chat_ctx=prompt())
    assert livekit_names.missing(stream) == "LiveKit's LLMStream no longer has _attempt_loop, _gone"
    await stream.aclose()


def test_what_is_no_stream_at_all():
    assert "no stream" in livekit_names.missing(object())


def test_session_switch_and_adapter_children():
    assert hasattr(AgentSession, livekit_names.SESSION_SWITCH)
    adapters = [
        stt.FallbackAdapter([FakeSTT()]),
        llm.FallbackAdapter([FakeLLM()]),
        tts.FallbackAdapter([FakeTTS()]),
        tts.StreamAdapter(tts=FakeTTS(streaming=False)),
    ]
    for adapter in adapters:
        assert any(hasattr(adapter, name) for name in livekit_names.ADAPTER_CHILDREN)


def test_context_variables_exist():
    from livekit.agents.voice import agent_activity

    assert agent_activity._SpeechHandleContextVar.get(None) is None
    assert agent_activity._AgentActivityContextVar.get(None) is None
    assert livekit_names.speech_id() is None
    assert livekit_names.agent_session() is None


async def test_when_a_name_moves_rows_are_unverifiable_and_calls_go_on(
    metered, rows, monkeypatch, caplog
):
    names = dict.fromkeys(livekit_names.STREAM_NAMES, ("_moved",))
    monkeypatch.setattr(livekit_names, "STREAM_NAMES", names)
    model = metered(FakeLLM(prompt_tokens=10))
    assert await drain(model.chat(chat_ctx=prompt())) == 5
    assert await drain(model.chat(chat_ctx=prompt())) == 5
    closed = await rows.settled()
    assert [(r.outcome, r.verdict, r.basis) for r in closed] == [
        ("completed", "unverifiable", "reported")
    ] * 2
    assert caplog.text.count("no longer has _moved") == 1


async def test_degraded_speech(metered, rows, monkeypatch):
    from voicegateway.types import Unit

    names = dict.fromkeys(livekit_names.STREAM_NAMES, ("_moved",))
    monkeypatch.setattr(livekit_names, "STREAM_NAMES", names)
    stream = metered(FakeTTS()).stream()
    stream.push_text("hello")
    stream.end_input()
    await drain(stream)
    (row,) = await rows.settled()
    assert (row.verdict, row.units[Unit.CHARACTERS]) == ("unverifiable", 5)
