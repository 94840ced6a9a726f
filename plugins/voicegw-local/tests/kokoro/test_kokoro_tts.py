"""Kokoro with its model: what is spoken is read back by Whisper."""

import asyncio
import logging
import re

import pytest
from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, tts
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

from voicegateway import modelfiles
from voicegateway.types import ProviderSettings
from voicegw_local.kokoro.engine import ENGINES
from voicegw_local.kokoro.factory import make_tts
from voicegw_local.whisper.bundles import BUNDLES as WHISPER
from voicegw_local.whisper.factory import make_stt

pytestmark = pytest.mark.models

QUESTION = "What is the capital of France?"
STORY = (
    "Paris is the capital of France, and it lies on a wide river. "
    "Many people live there, and many more come to see it."
)
ONCE = APIConnectOptions(max_retry=0)


async def speak(kokoro, *texts):
    """Everything that a stream gives for texts pushed one after the other."""
    async with kokoro.stream(conn_options=ONCE) as stream:
        for text in texts:
            stream.push_text(text)
        stream.end_input()
        return [event async for event in stream]


def seconds(events):
    return sum(event.frame.duration for event in events)


def words(text):
    return re.findall(r"[a-z]+", text.lower())


@pytest.fixture(scope="module", autouse=True)
def loaded(model):
    """Keeps the engine that the tests share, from one to the next."""
    kept = make_tts("v1.0", None, ProviderSettings("kokoro"), {})
    yield
    kept._lease.release()


@pytest.fixture
async def hear(settings):
    modelfiles.fetch("whisper", WHISPER[0])
    ears = make_stt("tiny.en", "en", settings("whisper"), {})

    async def listen(frames):
        return (await ears.recognize(rtc.combine_audio_frames(frames))).alternatives[0].text

    yield listen
    await ears.aclose()


@pytest.fixture
async def watched(make, monkeypatch):
    """An object, and the texts that its engine is given."""
    kokoro = make()
    engine = await kokoro._lease.get()
    spoken, synthesize = [], engine.synthesize

    def watch(text, *how):
        spoken.append(text)
        return synthesize(text, *how)

    monkeypatch.setattr(engine, "synthesize", watch)
    return kokoro, spoken


def test_what_it_is(make):
    kokoro = make("bm_lewis")
    assert isinstance(kokoro, tts.TTS)
    assert (kokoro.model, kokoro.provider) == ("v1.0", "kokoro")
    assert (kokoro.sample_rate, kokoro.num_channels) == (24000, 1)
    assert kokoro.capabilities.streaming


async def test_every_word_is_heard(make, hear):
    events = await speak(make(), *(f"{word} " for word in STORY.split()))
    heard = await hear([event.frame for event in events])
    assert words(heard) == words(STORY)


async def test_a_whole_text(make, hear):
    kokoro, measured = make(), []
    kokoro.on("metrics_collected", measured.append)
    frame = await kokoro.synthesize(QUESTION).collect()
    assert (frame.sample_rate, frame.num_channels) == (24000, 1)
    assert words(await hear([frame])) == words(QUESTION)
    assert measured[0].characters_count == len(QUESTION)


async def test_the_first_piece_is_short_and_heard_before_the_text_has_ended(watched):
    kokoro, spoken = watched
    async with kokoro.stream(conn_options=ONCE) as stream:
        stream.push_text("Paris is the capital of France, and it lies")
        first = await asyncio.wait_for(anext(aiter(stream)), 120)
        assert first.frame.duration > 0
        assert spoken == ["Paris is the capital of France,"]
        stream.push_text(" on a wide river.")
        stream.end_input()
        rest = [event async for event in stream]
    assert seconds(rest) > 1.0
    assert spoken[1:] == ["and it lies on a wide river."]


async def test_each_piece_says_when_it_begins(make):
    events = await speak(make(), STORY)
    said = [t for e in events for t in e.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, [])]
    assert "".join(said) == STORY
    starts = [piece.start_time for piece in said]
    assert starts[0] == 0.0
    assert starts == sorted(set(starts))
    assert starts[-1] < seconds(events)


async def test_speed_pauses_and_voices_share_one_engine(make):
    text = "Yes it is so. No it is not so."
    usual, fast, other = make(), make(speed=2.0), make("am_adam", sentence_pause=0.0)
    lengths = [(await k.synthesize(text).collect()).duration for k in (usual, fast, other)]
    assert lengths[1] < 0.8 * lengths[0]
    assert len(ENGINES._slots) == 1
    calm = make(sentence_pause=2.0, first_words=2)
    assert (await calm.synthesize(text).collect()).duration > lengths[0] + 1.5


@pytest.mark.parametrize("text", ["...", " — ", "!!!", "😀"])
async def test_nothing_to_speak_is_no_error(make, text):
    kokoro = make()
    assert (await kokoro.synthesize(text, conn_options=ONCE).collect()).duration > 0
    assert seconds(await speak(kokoro, text)) > 0


async def test_a_foreign_word_brings_no_language_mark(make, monkeypatch):
    engine = await make("ff_siwis")._lease.get()
    marked = "(en)hɛloʊ(fr-fr)"
    spoken = []
    monkeypatch.setattr(engine._kokoro.tokenizer, "phonemize", lambda text, language: marked)
    create = lambda phonemes, *how, **more: spoken.append(phonemes) or 1 / 0  # noqa: E731
    monkeypatch.setattr(engine._kokoro, "create", create)
    with pytest.raises(ZeroDivisionError):
        list(engine.synthesize("hello", "ff_siwis", "fr-fr", 1.0))
    assert spoken == ["hɛloʊ"]


async def test_the_loop_goes_on(make, ticking):
    kokoro = make(threads=1)  # which no other object shares: it is loaded here
    async with ticking() as clock:
        kokoro.prewarm()
        await kokoro._lease.get()
    assert clock.longest_gap < 1.0  # importing holds the interpreter's lock
    async with ticking() as clock:
        await speak(kokoro, STORY)
    assert clock.ticks > 20
    assert clock.longest_gap < 0.5


async def test_a_turn_that_is_cut_off_speaks_no_further(watched):
    kokoro, spoken = watched
    stream = kokoro.stream(conn_options=ONCE)
    stream.push_text(STORY * 20)
    stream.end_input()
    await anext(aiter(stream))
    await asyncio.wait_for(stream.aclose(), 5)  # not waiting for the piece that is being made
    said = len(spoken)
    await asyncio.sleep(1.0)
    assert len(spoken) == said <= 3


async def test_what_is_spoken_reaches_no_log(make, caplog):
    logging.getLogger("kokoro_onnx").setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        kokoro = make(threads=1)  # loaded here
        await speak(kokoro, "The secret word is pomegranate.")
        await kokoro.aclose()
    assert "pomegranate" not in caplog.text
    assert "Phonemes" not in caplog.text


async def test_an_engine_that_fails(make, monkeypatch):
    kokoro = make()
    engine = await kokoro._lease.get()

    def broken(text, *how):
        raise RuntimeError(text)

    monkeypatch.setattr(engine, "synthesize", broken)
    with pytest.raises(APIConnectionError) as caught:
        await speak(kokoro, "pomegranate")
    assert caught.value.message == "Kokoro failed (RuntimeError)"
    assert "pomegranate" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_model_that_is_none(tmp_path, settings, model):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    own = {"model_path": str(broken), "voices_path": str(model / "voices-v1.0.bin")}
    kokoro = make_tts("mine", None, settings("kokoro"), own)
    with pytest.raises(APIConnectionError, match="Kokoro failed"):
        await kokoro.synthesize(QUESTION, conn_options=ONCE).collect()
    await kokoro.aclose()
