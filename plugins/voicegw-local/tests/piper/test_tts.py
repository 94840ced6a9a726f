"""Piper with a voice."""

import asyncio
import logging

import pytest
from livekit.agents import APIConnectionError, APIConnectOptions, tts

from voicegw_local.piper.engine import ENGINES
from voicegw_local.piper.factory import make_tts

pytestmark = pytest.mark.models

QUESTION = "What is the capital of France?"
STORY = (
    "Paris is the capital of France. It lies on the river Seine, in the north. "
    "Many people live there, and many more come to see it."
)
ONCE = APIConnectOptions(max_retry=0)


@pytest.fixture
def make(models, settings, closing):
    def piper(**options):
        return closing(make_tts("en_US-joe-medium", None, settings("piper"), options))

    return piper


async def speak(piper, *texts):
    """Everything that a stream gives for texts pushed one after the other."""
    async with piper.stream(conn_options=ONCE) as stream:
        for text in texts:
            stream.push_text(text)
        stream.end_input()
        return [event async for event in stream]


def seconds(events):
    return sum(event.frame.duration for event in events)


def test_what_it_is(make):
    piper = make()
    assert isinstance(piper, tts.TTS)
    assert (piper.model, piper.provider) == ("en_US-joe-medium", "piper")
    assert (piper.sample_rate, piper.num_channels) == (22050, 1)
    assert piper.capabilities.streaming


async def test_a_whole_text(make):
    piper = make()
    measured = []
    piper.on("metrics_collected", measured.append)
    frame = await piper.synthesize(QUESTION).collect()
    assert (frame.sample_rate, frame.num_channels) == (22050, 1)
    assert 1.0 < frame.duration < 4.0
    assert max(memoryview(frame.data).cast("B").cast("h")) > 5000  # audible
    await piper.aclose()
    assert measured[0].characters_count == len(QUESTION)
    assert (measured[0].metadata.model_name, measured[0].metadata.model_provider) == (
        "en_US-joe-medium",
        "piper",
    )


async def test_text_as_it_is_written(make):
    piper = make()
    measured = []
    piper.on("metrics_collected", measured.append)
    events = await speak(piper, *(f"{word} " for word in STORY.split()))
    assert 4.0 < seconds(events) < 15.0
    assert events[-1].is_final
    assert len({event.segment_id for event in events}) == 1
    assert [m.characters_count for m in measured] == [len(STORY) + 1]
    assert 0 <= measured[0].ttfb < measured[0].duration


async def test_the_first_sentence_is_heard_before_the_text_has_ended(make):
    piper = make()
    async with piper.stream(conn_options=ONCE) as stream:
        stream.push_text("Paris is the capital of France. It lies on the")
        first = await asyncio.wait_for(anext(aiter(stream)), 60)
        assert first.frame.duration > 0
        stream.push_text(" river Seine.")
        stream.end_input()
        rest = [event async for event in stream]
    assert seconds(rest) > 1.0


async def test_each_sentence_says_when_it_begins(make):
    piper = make()
    events = await speak(piper, STORY)
    from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

    said = [t for e in events for t in e.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, [])]
    assert "".join(said) == STORY
    starts = [sentence.start_time for sentence in said]
    assert starts[0] == 0.0
    assert starts == sorted(set(starts))
    assert starts[-1] < seconds(events)


@pytest.mark.parametrize("text", ["...", " — ", "\u200b", "!!!", "😀"])
async def test_nothing_to_speak_is_no_error(make, text):
    piper = make()
    assert (await piper.synthesize(text, conn_options=ONCE).collect()).duration > 0
    assert seconds(await speak(piper, text)) > 0


async def test_an_empty_stream(make):
    piper = make()
    events = await speak(piper)
    assert seconds(events) <= 0.2


async def test_several_at_once(make):
    piper = make()
    spoken = await asyncio.gather(*(speak(piper, STORY) for _ in range(3)))
    assert len({round(seconds(events)) for events in spoken}) <= 3
    assert all(seconds(events) > 4.0 for events in spoken)


async def test_faster_and_slower(make):
    usual, fast, slow = make(), make(speed=2.0), make(length_scale=2.0)
    lengths = [(await p.synthesize(QUESTION).collect()).duration for p in (fast, usual, slow)]
    assert lengths[0] < 0.75 * lengths[1]
    assert lengths[2] > 1.4 * lengths[1]
    assert len(ENGINES._slots) == 1  # they are said with each sentence
    for piper in (usual, fast, slow):
        await piper.aclose()


async def test_quieter(make):
    loud, quiet = make(), make(volume=0.1)
    peaks = []
    for piper in (loud, quiet):
        frame = await piper.synthesize(QUESTION).collect()
        peaks.append(max(memoryview(frame.data).cast("B").cast("h")))
        await piper.aclose()
    assert peaks[1] < 0.2 * peaks[0]


async def test_the_loop_goes_on(make, ticking):
    piper = make(threads=1)
    async with ticking() as clock:
        piper.prewarm()
        await piper._lease.get()
    assert clock.longest_gap < 1.0
    async with ticking() as clock:
        await speak(piper, STORY)
    assert clock.ticks > 5
    assert clock.longest_gap < 0.5


async def test_a_turn_that_is_cut_off_speaks_no_further(make, monkeypatch):
    piper = make()
    engine = await piper._lease.get()
    spoken = []
    synthesize = engine.synthesize

    def watched(text, *how):
        spoken.append(text)
        return synthesize(text, *how)

    monkeypatch.setattr(engine, "synthesize", watched)
    stream = piper.stream(conn_options=ONCE)
    stream.push_text(STORY * 50)
    stream.end_input()
    await anext(aiter(stream))
    await asyncio.wait_for(stream.aclose(), 20)
    said = len(spoken)
    await asyncio.sleep(0.3)
    assert len(spoken) == said < 100


async def test_what_is_spoken_reaches_no_log(make, caplog):
    logging.getLogger("piper").setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        piper = make()
        await speak(piper, "The secret word is pomegranate.")
        await piper.aclose()
    assert "pomegranate" not in caplog.text


async def test_an_engine_that_fails(make, monkeypatch):
    piper = make()
    engine = await piper._lease.get()

    def broken(text, *how):
        raise RuntimeError(text)

    monkeypatch.setattr(engine, "synthesize", broken)
    with pytest.raises(APIConnectionError) as caught:
        await speak(piper, "pomegranate")
    assert caught.value.message == "Piper failed (RuntimeError)"
    assert "pomegranate" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_closed_while_speaking_twice_and_used_after(make):
    piper = make()
    stream = piper.stream(conn_options=ONCE)
    stream.push_text(STORY * 20)
    stream.end_input()
    await anext(aiter(stream))
    await piper.aclose()
    await piper.aclose()
    with pytest.raises(APIConnectionError):
        await piper.synthesize(QUESTION, conn_options=ONCE).collect()


def test_a_speaker_of_a_voice_that_has_one(models, settings):
    with pytest.raises(ValueError, match="has one speaker"):
        make_tts("en_US-joe-medium", "ann", settings("piper"), {})
