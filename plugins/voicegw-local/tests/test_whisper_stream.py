"""Whisper while somebody speaks."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit import rtc
from livekit.agents import stt

from voicegateway.testing import MemoryLedger
from voicegw_local.whisper.agreement import Agreement
from voicegw_local.whisper.factory import make_stt


def test_what_two_passes_agree_on_is_kept():
    agreement = Agreement()
    assert agreement.update("What is") == "What is"
    assert agreement.committed == ""
    assert agreement.update("what is the cap") == "what is the cap"
    assert agreement.committed == "what is"
    assert agreement.update("What is the capital of") == "what is the capital of"
    assert agreement.committed == "what is the"
    assert agreement.update("Something else altogether now") == "what is the now"
    assert agreement.committed == "what is the"


def test_case_and_punctuation_make_no_other_word():
    agreement = Agreement()
    agreement.update("Hello, world")
    agreement.update("hello world.")
    assert agreement.committed == "hello world."


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d,"])).map(" ".join)))
def test_committed_words_never_change(passes):
    agreement = Agreement()
    for text in passes:
        before = agreement.committed
        shown = agreement.update(text)
        assert agreement.committed.startswith(before)
        assert shown.startswith(agreement.committed)


@pytest.fixture(scope="session")
def speech(models):
    """A question and the silence after it, in frames of 20 ms at 24 kHz."""
    from piper import PiperVoice

    voice = PiperVoice.load(models["piper"] / "en_US-joe-medium.onnx")
    spoken = voice.synthesize("What is the capital of France, and who lives there?")
    pcm = b"".join(chunk.audio_int16_bytes for chunk in spoken) + bytes(2 * 22_050 * 2)
    step = 2 * 441
    whole = range(0, len(pcm) - step + 1, step)
    return [rtc.AudioFrame(pcm[at : at + step], 22_050, 1, 441) for at in whole]


async def listen(whisper, speech, pace):
    """The events of a stream that is fed a frame every `pace` seconds."""
    stream = whisper.stream()
    events = []

    async def read():
        events.extend([event async for event in stream])

    reader = asyncio.create_task(read())
    for frame in speech:
        stream.push_frame(frame)
        await asyncio.sleep(pace)
    stream.end_input()
    await reader
    await stream.aclose()
    return events


@pytest.mark.models
async def test_interim_then_final(models, settings, closing, speech):
    options = {"streaming": True, "interim_seconds": 0.1}
    whisper = closing(make_stt("tiny.en", "en", settings("whisper"), options))
    assert whisper.capabilities.streaming
    assert whisper.capabilities.interim_results
    whisper.prewarm()
    events = await listen(whisper, speech, pace=0.04)  # slower than speech: any machine keeps up
    kinds = [event.type for event in events]
    final = next(e for e in events if e.type is stt.SpeechEventType.FINAL_TRANSCRIPT)
    assert "capital of france" in final.alternatives[0].text.lower()
    assert kinds[0] is stt.SpeechEventType.START_OF_SPEECH
    interims = [e for e in events if e.type is stt.SpeechEventType.INTERIM_TRANSCRIPT]
    assert interims
    assert kinds.index(stt.SpeechEventType.INTERIM_TRANSCRIPT) < kinds.index(final.type)
    assert "what is" in interims[-1].alternatives[0].text.lower()
    assert final.speech_end_time is not None


@pytest.mark.models
async def test_faster_than_any_machine_there_is_still_the_final(models, settings, closing, speech):
    whisper = closing(make_stt("tiny.en", "en", settings("whisper"), {"streaming": True}))
    events = await listen(whisper, speech, pace=0)
    texts = [e.alternatives[0].text.lower() for e in events if e.alternatives]
    assert any("capital of france" in text for text in texts)


@pytest.mark.models
async def test_closed_in_mid_utterance(models, settings, closing, speech, ticking):
    from voicegateway.middleware.call import Leg, Scope
    from voicegateway.middleware.cost_tracker import CostTracker
    from voicegateway.middleware.instrumented_provider import meter
    from voicegateway.types import Modality, Unit

    rows = MemoryLedger()
    whisper = closing(make_stt("tiny.en", "en", settings("whisper"), {"streaming": True}))
    tracker = CostTracker(rows, lambda _: None, lambda *_: None)
    leg = Leg("whisper", "tiny.en", Modality.STT)
    meter(whisper, leg, tracker, lambda _: Scope("p"), lambda _: None)
    stream = whisper.stream()
    async with ticking() as clock:
        for frame in speech[:80]:
            stream.push_frame(frame)
            await asyncio.sleep(0.01)
        await stream.aclose()
    assert clock.ticks > 20
    (row,) = await rows.settled()
    assert row.outcome == "completed"
    assert float(row.units[Unit.AUDIO_SECONDS]) == pytest.approx(1.6)


async def test_without_the_option_there_is_no_stream(models, settings, closing):
    whisper = closing(make_stt("tiny.en", "en", settings("whisper"), {}))
    with pytest.raises(NotImplementedError, match="streaming=True"):
        whisper.stream()
