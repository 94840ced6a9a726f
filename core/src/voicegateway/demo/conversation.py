"""The demo's conversation: a spoken question and its answer, then an answer cut off half-way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livekit import rtc
from livekit.agents import Agent, AgentSession, TurnHandlingOptions
from livekit.agents.inference import VAD

from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker, Microphone, write_wav
from voicegateway.inference import StackModels

__all__ = ["Conversation", "converse"]

QUESTION = "What is the capital of France?"
LONG_QUESTION = "Tell me a long story about the history of Paris and its people."
INSTRUCTIONS = "You are a helpful assistant. Answer in one short sentence."
_PATIENCE_SECONDS = 60.0
_HALF_WAY_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Conversation:
    """What happened, for the receipt."""

    session_id: str
    heard: str
    answer: str
    answer_seconds: float
    answer_file: Path


async def converse(
    stack: str, project: str, answer_file: Path, say: Callable[[str], None]
) -> Conversation:
    """Hold the conversation with the models of a stack; `say` is told each step.

    Raises `ModelFileError` if a local model is missing, `TimeoutError` if nobody answers."""
    logging.getLogger("livekit.agents").setLevel(logging.ERROR)
    inference.set_project(project)
    models = inference.stack(stack)
    say("loading the models")
    await asyncio.to_thread(_warm_up, models)
    say(f"speaking the question {QUESTION!r}")
    speech = await models.tts.synthesize(QUESTION).collect()
    session_id = inference.start_session()
    return await _session(models, speech, session_id, answer_file, say)


def _warm_up(models: StackModels) -> None:
    models.stt.prewarm()
    models.tts.prewarm()


async def _session(
    models: StackModels,
    speech: rtc.AudioFrame,
    session_id: str,
    answer_file: Path,
    say: Callable[[str], None],
) -> Conversation:
    microphone, loudspeaker = Microphone(), Loudspeaker()
    session: AgentSession[None] = AgentSession(
        stt=models.stt,
        llm=models.llm,
        tts=models.tts,
        vad=VAD(model="silero"),
        turn_handling=TurnHandlingOptions(
            turn_detection=None,
            endpointing={"min_delay": 0.3, "max_delay": 2.0},
            interruption={"enabled": True, "mode": "vad"},
        ),
        aec_warmup_duration=None,
    )
    session.input.audio, session.output.audio = microphone, loudspeaker
    heard: list[str] = []
    session.on(
        "user_input_transcribed",
        lambda event: heard.append(event.transcript) if event.is_final else None,
    )
    await session.start(Agent(instructions=INSTRUCTIONS))
    microphone.open()
    try:
        say("asking it aloud")
        await microphone.say(speech)
        await _answered(session, loudspeaker)
        answer = _last_answer(session)
        seconds = write_wav(answer_file, loudspeaker.frames)
        say("asking for a long story, and interrupting it half-way")
        await _interrupt(session, loudspeaker)
    finally:
        await session.aclose()
        await microphone.close()
        for model in models:
            await model.aclose()
    return Conversation(session_id, " ".join(heard), answer, seconds, answer_file)


async def _answered(session: AgentSession[None], loudspeaker: Loudspeaker) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await loudspeaker.started.wait()
        await _listening(session)


async def _listening(session: AgentSession[None]) -> None:
    """Wait until the agent has finished speaking."""
    quiet = asyncio.Event()
    session.on(
        "agent_state_changed",
        lambda event: quiet.set() if event.new_state == "listening" else None,
    )
    if session.agent_state != "listening":
        await quiet.wait()


async def _interrupt(session: AgentSession[None], loudspeaker: Loudspeaker) -> None:
    loudspeaker.started.clear()
    handle = session.generate_reply(user_input=LONG_QUESTION)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await loudspeaker.started.wait()
        await asyncio.sleep(_HALF_WAY_SECONDS)
        handle.interrupt()
        await handle


def _last_answer(session: AgentSession[None]) -> str:
    messages = [m for m in session.history.items if m.type == "message" and m.role == "assistant"]
    return (messages[-1].text_content or "") if messages else ""
