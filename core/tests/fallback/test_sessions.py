"""Chains within a real AgentSession: whose rows they are, and that the talk goes on."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from ears import pause, word
from livekit.agents import (
    Agent,
    AgentSession,
    APIConnectionError,
    APIConnectOptions,
    TurnHandlingOptions,
    utils,
)
from livekit.agents.voice.io import AudioInput

import voicegateway
from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker
from voicegateway.middleware.fallback import LLMFallback
from voicegateway.testing import FakeLLM, FakeProvider, drain, plugin_bench, prompt
from voicegateway.types import Modality, Unit

MIND = ("mind",)


class Ears(AudioInput):
    def __init__(self):
        super().__init__(label="test")
        self.frames = utils.aio.Chan()

    async def __anext__(self):
        return await self.frames.__anext__()


@pytest.fixture
def broken(plugins):
    """`bad` fails always, `good` never."""
    script = {"fails": 999}
    plugins.install("bad", FakeProvider(stt=script, llm=script, tts=script))
    plugins.install("good", FakeProvider())
    return plugins


def session_of(**models):
    session = AgentSession(
        vad=None, turn_handling=TurnHandlingOptions(turn_detection="manual"), **models
    )
    session.output.audio = Loudspeaker()
    return session


def chains():
    return {
        "stt": inference.STT("bad/ear", fallback="good/ear"),
        "llm": inference.LLM("bad/mind", fallback="good/mind"),
        "tts": inference.TTS("bad/voice", fallback="good/voice"),
    }


async def converse(session):
    session.input.audio = ears = Ears()
    await session.start(Agent(instructions="x"))
    for frame in [*word(1), *pause(), *pause()]:
        ears.frames.send_nowait(frame)
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    handle = await session.generate_reply(user_input="hello")
    await session.aclose()
    return handle


async def test_primary_and_backup_share_the_sessions_id(broken):
    inference.set_project("support")
    handle = await converse(session_of(**chains()))
    rows = await broken.rows()
    for modality in Modality:
        ours = [r for r in rows if r.modality is modality]
        assert {r.provider for r in ours} == {"bad", "good"}, modality
        assert next(r.fallback_from for r in ours if r.provider == "good").startswith("bad/")
    assert {r.project for r in rows} == {"support"}
    (session_id,) = {r.session_id for r in rows}
    assert session_id.startswith("ses_")
    spoken = [r for r in rows if r.modality is not Modality.STT]
    assert {r.speech_id for r in spoken} == {handle.id}


async def test_nothing_that_was_said_is_lost_on_the_way_to_the_backup(broken):
    await converse(session_of(**chains()))
    served = [r for r in await broken.rows() if (r.provider, r.modality) == ("good", Modality.STT)]
    assert sum(r.units[Unit.AUDIO_SECONDS] for r in served) >= Decimal("1.5")


async def test_the_session_counts_what_served(broken):
    session = session_of(**chains())
    await converse(session)
    usage = {u.type: u for u in session.usage.model_usage}
    assert usage["llm_usage"].output_tokens == 4
    assert usage["tts_usage"].characters_count > 0


async def test_attach_looks_inside_chains_that_a_factory_made(broken):
    models = chains()
    session = session_of(**models)
    voicegateway.attach(session, project="attached")
    await converse(session)
    rows = await broken.rows()
    assert {r.provider for r in rows} == {"bad", "good"}
    assert {r.project for r in rows} == {"attached"}
    assert len({r.session_id for r in rows}) == 1


async def test_attach_meters_a_chain_of_models_built_by_hand(broken):
    session = session_of(llm=LLMFallback([FakeLLM(fails=9), FakeLLM()]))
    voicegateway.attach(session)
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    await session.aclose()
    rows = await broken.rows()
    assert [r.outcome for r in rows] == ["failed", "completed"]
    assert rows[1].fallback_from == "fake/parrot-1"


async def test_a_throttled_project_does_not_come_back_through_the_chain(tmp_path):
    """Its stack stands alone: a chain from there would lead to the models that were refused."""
    config = """
    providers: {paid: {}, other: {}, mine: {}}
    projects:
      poor: {daily_budget: 0, budget_action: throttle, throttle_stack: local}
    stacks:
      local: {stt: mine/ear, llm: mine/mind, tts: mine/voice}
    fallbacks:
      llm: [paid/mind, other/mind]
    """
    with plugin_bench(tmp_path, config) as bench:
        for name in ("paid", "other"):
            bench.install(name, FakeProvider(models=MIND))
        free = FakeProvider(llm={"fails": 99}, rates={u: _free() for u in _tokens()}, models=MIND)
        bench.install("mine", free)
        model = inference.LLM("paid/mind", project="poor")
        once = APIConnectOptions(max_retry=0)
        with pytest.raises(APIConnectionError, match="Every LLM failed"):
            await drain(model.chat(chat_ctx=prompt(), conn_options=once))
        rows = await bench.rows()
    assert {r.provider for r in rows} == {"mine"}
    assert len(rows) <= 3


def _free():
    from voicegateway.pricing.overrides import Rate

    return Rate(Decimal(0), Decimal(1000))


def _tokens():
    return [unit for unit in Unit if "tokens" in unit]
