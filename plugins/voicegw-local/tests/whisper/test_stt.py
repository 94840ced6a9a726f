"""Whisper with its model."""

import asyncio

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, stt

from voicegw_local.whisper.engine import ENGINES
from voicegw_local.whisper.factory import make_stt

pytestmark = pytest.mark.models


@pytest.fixture
def whisper(models, settings, closing):
    return closing(make_stt("tiny.en", "en-US", settings("whisper"), {}))


@pytest.fixture(scope="session")
def question(models):
    """The question, as Piper speaks it: 16-bit mono PCM at 22050 Hz."""
    from piper import PiperVoice

    voice = PiperVoice.load(models["piper"] / "en_US-joe-medium.onnx")
    spoken = voice.synthesize("What is the capital of France?")
    pcm = b"".join(chunk.audio_int16_bytes for chunk in spoken)
    return rtc.AudioFrame(pcm, 22_050, 1, len(pcm) // 2)


def silence(seconds, rate=16_000):
    return rtc.AudioFrame(bytes(2 * int(rate * seconds)), rate, 1, int(rate * seconds))


def test_what_it_is(whisper):
    assert isinstance(whisper, stt.STT)
    assert (whisper.model, whisper.provider) == ("tiny.en", "whisper")
    assert not whisper.capabilities.streaming
    assert not whisper.capabilities.interim_results


async def test_it_hears(whisper, question):
    measured = []
    whisper.on("metrics_collected", measured.append)
    event = await whisper.recognize(question)
    assert event.type is stt.SpeechEventType.FINAL_TRANSCRIPT
    assert event.request_id.startswith("whisper_")
    heard = event.alternatives[0]
    assert "capital of france" in heard.text.lower()
    assert heard.text == heard.text.strip()
    assert heard.language == "en"
    assert 0 < heard.confidence <= 1
    assert 0 <= heard.start_time < heard.end_time <= question.duration + 0.5
    assert measured[0].audio_duration == pytest.approx(question.duration)


async def test_frames_in_a_list(whisper, question):
    half = question.samples_per_channel // 2
    pcm = bytes(question.data)
    frames = [
        rtc.AudioFrame(pcm[: 2 * half], 22_050, 1, half),
        rtc.AudioFrame(pcm[2 * half :], 22_050, 1, question.samples_per_channel - half),
    ]
    event = await whisper.recognize(frames)
    assert "capital of france" in event.alternatives[0].text.lower()


@pytest.mark.parametrize("buffer", [[], silence(0.01), silence(2.0)])
async def test_nothing_was_said(whisper, buffer):
    event = await whisper.recognize(buffer)
    assert event.alternatives[0].text == ""


async def test_what_is_not_speech_is_dropped(models, settings, question, closing):
    whisper = closing(make_stt("tiny.en", None, settings("whisper"), {"vad_filter": True}))
    assert (await whisper.recognize(silence(2.0))).alternatives[0].text == ""
    assert "france" in (await whisper.recognize(question)).alternatives[0].text.lower()


async def test_prewarm_loads_off_the_loop(whisper, ticking):
    async with ticking() as clock:
        whisper.prewarm()
        whisper.prewarm()
        before = clock.ticks
        engine = await whisper._lease.get()
    assert clock.ticks > before
    assert clock.longest_gap < 1.0  # imports hold the interpreter's lock, for tenths of a second
    assert await whisper._lease.get() is engine


async def test_the_loop_goes_on_while_it_hears(whisper, question, ticking):
    await whisper._lease.get()
    async with ticking() as clock:
        await whisper.recognize(question)
    assert clock.ticks > 5
    assert clock.longest_gap < 0.5


async def test_a_language_for_one_call(whisper, question):
    with pytest.raises(ValueError, match="knows English alone"):
        await whisper.recognize(question, language="fr")


def test_a_language_it_does_not_speak(models, settings):
    with pytest.raises(ValueError, match="knows English alone, not 'de'"):
        make_stt("tiny.en", "de", settings("whisper"), {})
    assert not ENGINES._slots  # the right to the engine was given back


async def test_it_stops_at_the_next_segment_when_cancelled(whisper, monkeypatch):
    engine = await whisper._lease.get()
    decoded, stop_at = [], asyncio.Event()
    loop = asyncio.get_running_loop()

    class Info:
        language = "en"

    def endless(audio, **how):
        def segments():
            for number in range(1000):
                decoded.append(number)
                loop.call_soon_threadsafe(stop_at.set)
                yield type("Segment", (), {"text": "", "tokens": [], "avg_logprob": 0.0})

        return segments(), Info

    monkeypatch.setattr(engine._model, "transcribe", endless)
    slow = asyncio.create_task(whisper.recognize(silence(1.0)))
    await stop_at.wait()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await asyncio.wait_for(loop.run_in_executor(engine.executor, lambda: None), 10)
    assert len(decoded) <= 1000


async def test_an_engine_that_fails(whisper, monkeypatch):
    engine = await whisper._lease.get()

    def broken(audio, **how):
        raise RuntimeError("what was said")

    monkeypatch.setattr(engine._model, "transcribe", broken)
    with pytest.raises(APIConnectionError) as caught:
        await whisper.recognize(silence(1.0))
    assert caught.value.message == "Whisper failed (RuntimeError)"
    assert "said" not in str(caught.value)
    assert not caught.value.retryable


async def test_equal_settings_share_a_model(models, settings):
    one = make_stt("tiny.en", "en", settings("whisper"), {})
    two = make_stt("tiny.en", "en", settings("whisper"), {"hotwords": "Paris"})
    other = make_stt("tiny.en", "en", settings("whisper"), {"cpu_threads": 1})
    assert await one._lease.get() is await two._lease.get()
    assert await other._lease.get() is not await one._lease.get()
    for made in (one, two, other):
        await made.aclose()
    assert not ENGINES._slots


async def test_a_folder_of_ones_own(models, settings, question):
    mine = make_stt("mine", None, settings("whisper", model_path=str(models["whisper"])), {})
    assert mine.model == "mine"
    assert "france" in (await mine.recognize(question)).alternatives[0].text.lower()
    await mine.aclose()


async def test_closed_twice_and_used_after(whisper):
    await whisper.aclose()
    await whisper.aclose()
    with pytest.raises(APIConnectionError):
        await whisper.recognize(silence(1.0))
