"""A spoken turn: Piper asks, Whisper hears, the language model answers, Piper speaks."""

import pytest

from voicegw_local.llamacpp.factory import make_llm
from voicegw_local.piper.factory import make_tts
from voicegw_local.stack import LOCAL
from voicegw_local.whisper.factory import make_stt

pytestmark = pytest.mark.models


async def test_a_spoken_turn(models, settings, ticking):
    from livekit.agents import llm

    names = {leg: name.split("/", 1)[1] for leg, name in LOCAL.items()}
    ears = make_stt(names["stt"], "en-US", settings("whisper"), {})
    mind = make_llm(names["llm"], settings("llamacpp"), {"temperature": 0, "max_tokens": 40})
    mouth = make_tts(names["tts"], None, settings("piper"), {})
    for part in (ears, mind, mouth):
        part.prewarm()
    await mind.engine()
    async with ticking() as clock:
        asked = await mouth.synthesize("What is the capital of France?").collect()
        heard = (await ears.recognize(asked)).alternatives[0].text
        assert heard == "What is the capital of France?"
        chat = llm.ChatContext.empty()
        chat.add_message(role="system", content="Answer in one short sentence.")
        chat.add_message(role="user", content=heard)
        said = 0.0
        async with mouth.stream() as speech, mind.chat(chat_ctx=chat) as answer:
            async for chunk in answer:
                if chunk.delta and chunk.delta.content:
                    speech.push_text(chunk.delta.content)
            speech.end_input()
            async for event in speech:
                said += event.frame.duration
    assert said > 0.5
    assert clock.ticks > 20
    for part in (ears, mind, mouth):
        await part.aclose()
