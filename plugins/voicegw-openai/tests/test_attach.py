"""Objects that were built by hand have none of our counters: what LiveKit reads must do."""

from decimal import Decimal

import pytest
from livekit.agents import Agent, AgentSession
from livekit.plugins import openai

import voicegateway
from voicegateway.testing import drain, prompt, retries, silence
from voicegateway.types import Unit


@pytest.fixture
def made(bench, cloud):
    """The three, metered by `attach`."""
    address = {"api_key": cloud.key, "base_url": f"{cloud.url}/v1"}
    session = AgentSession(
        stt=openai.STT(model="gpt-4o-transcribe", **address),
        llm=openai.LLM(model="gpt-4o-mini", **address),
        tts=openai.TTS(model="gpt-4o-mini-tts", response_format="pcm", **address),
        turn_detection="manual",
        vad=None,
    )
    voicegateway.attach(session)
    return session


async def test_a_language_model_has_its_usage(made, bench):
    await drain(made.llm.chat(chat_ctx=prompt(), conn_options=retries(0)))
    (row,) = await bench.rows()
    assert (row.provider, row.model, row.verdict) == ("openai", "gpt-4o-mini", "confirmed")
    assert row.quote.amount_usd > 0
    await _closed(made)


async def test_speech_has_its_usage(made, bench):
    await drain(made.tts.synthesize("Hello there.", conn_options=retries(0)))
    (row,) = await bench.rows()
    assert (row.verdict, row.units[Unit.INPUT_TOKENS]) == ("confirmed", 3)
    await _closed(made)


async def test_a_transcription_has_the_seconds_that_were_sent(made, bench):
    await made.stt.recognize([silence()] * 100, conn_options=retries(0))
    (row,) = await bench.rows()
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.units == {Unit.AUDIO_SECONDS: 2}
    assert row.quote.amount_usd == Decimal("0.0002")
    await _closed(made)


async def test_a_whole_session_runs_on_what_the_factories_make(bench, at):
    from voicegateway import inference

    llm = inference.LLM("openai/gpt-4o-mini", **at)
    session = AgentSession(llm=llm, turn_detection="manual", vad=None)
    async with session:
        await session.start(Agent(instructions="Answer."))
        await session.run(user_input="How is the fox?")
    await llm.aclose()
    (row,) = await bench.rows()
    assert (row.outcome, row.verdict) == ("completed", "confirmed")
    assert row.session_id is not None


async def _closed(session):
    await session.stt.aclose()
    await session.stt._client.close()  # LiveKit leaves it open
    await session.llm.aclose()
    await session.tts.aclose()
