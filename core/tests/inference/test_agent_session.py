"""Whole voice turns through a real AgentSession: barge-in, handoff, project and session."""

from __future__ import annotations

import asyncio

import pytest
from livekit.agents import Agent, AgentSession, TurnHandlingOptions

import voicegateway
from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker
from voicegateway.testing import FakeLLM, FakeSTT, FakeTTS, silence
from voicegateway.types import Modality, Unit


def session_of(**models) -> AgentSession:
    session = AgentSession(
        vad=None, turn_handling=TurnHandlingOptions(turn_detection="manual"), **models
    )
    session.output.audio = Loudspeaker()
    return session


def by_modality(rows, modality):
    return [r for r in rows.closed if r.attempt.modality is modality]


async def test_barge_in_within_a_session(rows):
    session = session_of(llm=inference.LLM("fake/slow"), tts=inference.TTS("fake/slow"))
    await session.start(Agent(instructions="x"))
    handle = session.generate_reply(user_input="hello")
    await session.output.audio.started.wait()
    handle.interrupt()
    await handle
    await session.aclose()
    await rows.settled()
    (turn,) = by_modality(rows, Modality.LLM)
    assert (turn.outcome, turn.basis) == ("cancelled", "estimated")
    assert turn.units[Unit.OUTPUT_TOKENS] > 0
    spoken = by_modality(rows, Modality.TTS)
    assert spoken
    assert sum(r.units[Unit.CHARACTERS] for r in spoken) > 0
    assert any(r.outcome == "cancelled" for r in spoken)
    assert {r.speech_id for r in (turn, *spoken)} == {handle.id}
    assert all(r.quote.amount_usd > 0 for r in (turn, *spoken))


async def test_every_leg_of_a_session_has_its_id_and_project(rows):
    inference.set_project("support")
    session = session_of(llm=inference.LLM("fake/a"), tts=inference.TTS("fake/b"))
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    inference.set_project("somebody-else")  # after the start: not this session's
    await session.generate_reply(user_input="again")
    await session.aclose()
    await rows.settled()
    assert {r.attempt.project for r in rows.closed} == {"support"}
    (session_id,) = {r.attempt.session_id for r in rows.closed}
    assert session_id.startswith("ses_")
    assert len({r.speech_id for r in rows.closed}) == 2


async def test_a_session_that_was_begun_keeps_its_id(rows):
    session_id = inference.start_session()
    assert inference.get_session_id() == session_id
    session = session_of(llm=inference.LLM("fake/a"), tts=inference.TTS("fake/b"))
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    await session.aclose()
    await rows.settled()
    assert {r.attempt.session_id for r in rows.closed} == {session_id}


async def test_the_factorys_own_project_wins(rows):
    inference.set_project("support")
    model = inference.LLM("fake/a", project="billing", session_id="ses_own")
    session = session_of(llm=model, tts=inference.TTS("fake/b"))
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    await session.aclose()
    await rows.settled()
    (turn,) = by_modality(rows, Modality.LLM)
    assert (turn.attempt.project, turn.attempt.session_id) == ("billing", "ses_own")
    assert {r.attempt.project for r in by_modality(rows, Modality.TTS)} == {"support"}


async def test_two_sessions_at_once_on_shared_models(rows):
    model, voice = inference.LLM("fake/a"), inference.TTS("fake/b")

    async def converse(project):
        inference.set_project(project)
        session = session_of(llm=model, tts=voice)
        await session.start(Agent(instructions="x"))
        await asyncio.sleep(0.05)
        await session.generate_reply(user_input="hello")
        await session.aclose()

    await asyncio.gather(*(asyncio.create_task(converse(p)) for p in ("one", "two")))
    await rows.settled()
    pairs = {(r.attempt.project, r.attempt.session_id) for r in rows.closed}
    assert {project for project, _ in pairs} == {"one", "two"}
    assert len(pairs) == 2


class Ears:
    """An audio input that a test pushes frames into."""

    def __new__(cls):
        from livekit.agents import utils
        from livekit.agents.voice.io import AudioInput

        class Input(AudioInput):
            def __init__(self):
                super().__init__(label="test")
                self.frames = utils.aio.Chan()

            async def __anext__(self):
                return await self.frames.__anext__()

        return Input()


async def speak(ears, seconds):
    for _ in range(round(seconds / 0.02)):
        ears.frames.send_nowait(silence())
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)


async def test_the_tail_of_stt_is_counted_after_the_session_closes(rows):
    session = session_of(stt=inference.STT("fake/ear"), llm=inference.LLM("fake/a"))
    session.input.audio = ears = Ears()
    await session.start(Agent(instructions="x"))
    await speak(ears, 7.98)
    await session.aclose()
    await rows.settled()
    heard = by_modality(rows, Modality.STT)
    assert float(sum(r.units[Unit.AUDIO_SECONDS] for r in heard)) == pytest.approx(7.98)
    reported = sum(u.audio_duration for u in session.usage.model_usage if u.type == "stt_usage")
    assert reported < 7.9  # what LiveKit itself makes of it
    assert {r.attempt.session_id for r in heard} != {None}


async def test_stt_across_a_handoff(rows):
    ear = inference.STT("fake/ear")
    session = session_of(stt=ear, llm=inference.LLM("fake/a"))
    session.input.audio = ears = Ears()
    await session.start(Agent(instructions="one"))
    await speak(ears, 2)
    session.update_agent(Agent(instructions="two"))
    await asyncio.sleep(0.1)
    await speak(ears, 3)
    await session.aclose()
    await rows.settled()
    heard = by_modality(rows, Modality.STT)
    # LiveKit adds two seconds of silence of its own when it commits the turn at the handoff.
    assert float(sum(r.units[Unit.AUDIO_SECONDS] for r in heard)) == pytest.approx(
        ear.heard_seconds
    )
    assert ear.heard_seconds == pytest.approx(7)
    assert len({r.attempt.session_id for r in heard}) == 1


async def test_attach_meters_what_was_built_by_hand(rows, gateway):
    model, voice, ear = FakeLLM(), FakeTTS(), FakeSTT()
    session = session_of(stt=ear, llm=model, tts=voice)
    session.input.audio = ears = Ears()
    voicegateway.attach(session, project="attached")
    await session.start(Agent(instructions="x"))
    await speak(ears, 1)
    await session.generate_reply(user_input="hello")
    other = FakeLLM()
    session.update_agent(Agent(instructions="y", llm=other))
    await asyncio.sleep(0.1)
    await session.generate_reply(user_input="again")
    await session.aclose()
    await rows.settled()
    assert {r.attempt.provider for r in rows.closed} == {"fake"}
    assert {r.attempt.model for r in rows.closed} == {"ear-1", "parrot-1", "tone-1"}
    assert {r.attempt.project for r in rows.closed} == {"attached"}
    assert len({r.attempt.session_id for r in rows.closed}) == 1
    assert len(by_modality(rows, Modality.LLM)) == 2
    assert other.calls == 1


async def test_attach_leaves_what_a_factory_made(rows):
    model = inference.LLM("fake/of-the-factory")
    session = session_of(llm=model, tts=inference.TTS("fake/b"))
    voicegateway.attach(session)
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    await session.aclose()
    await rows.settled()
    (turn,) = by_modality(rows, Modality.LLM)
    assert turn.attempt.model == "of-the-factory"


async def test_attach_looks_inside_adapters(rows):
    from livekit.agents import llm, tts

    session = session_of(
        llm=llm.FallbackAdapter([FakeLLM(fails=9), FakeLLM()], max_retry_per_llm=0),
        tts=tts.StreamAdapter(tts=FakeTTS(streaming=False)),
    )
    voicegateway.attach(session)
    await session.start(Agent(instructions="x"))
    await session.generate_reply(user_input="hello")
    await session.aclose()
    await asyncio.sleep(0.1)
    outcomes = [r.outcome for r in by_modality(rows, Modality.LLM)]
    assert "failed" in outcomes
    assert "completed" in outcomes
    assert by_modality(rows, Modality.TTS)


async def test_the_caller_context_outside_a_session(rows):
    inference.set_project("batch")
    from voicegateway.testing import drain, prompt

    await drain(inference.LLM("fake/a").chat(chat_ctx=prompt()))
    inference.reset_project()
    await drain(inference.LLM("fake/a").chat(chat_ctx=prompt()))
    first, second = await rows.settled()
    assert (first.attempt.project, second.attempt.project) == ("batch", "default")


async def test_environment_names_the_project(rows, monkeypatch):
    from voicegateway.testing import drain, prompt

    monkeypatch.setenv("VOICEGW_ACTIVE_PROJECT", "of-the-environment")
    await drain(inference.LLM("fake/a").chat(chat_ctx=prompt()))
    (row,) = await rows.settled()
    assert row.attempt.project == "of-the-environment"
