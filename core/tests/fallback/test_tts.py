"""Fallback among voices. A FakeTTS speaks 20 ms for a character."""

from __future__ import annotations

import asyncio

import pytest
from livekit.agents import APIConnectionError, APIConnectOptions, tts

from voicegateway import inference
from voicegateway.middleware.fallback import TTSFallback
from voicegateway.testing import FakeProvider, FakeTTS
from voicegateway.types import Unit

ONCE = APIConnectOptions(max_retry=0, timeout=5)
SECOND = "p1/tone-1"


async def speak(adapter, *pieces, seconds=True):
    """Seconds of audio, or the frames."""
    async with adapter.stream(conn_options=ONCE) as stream:
        for piece in pieces:
            stream.push_text(piece)
        stream.end_input()
        frames = [audio.frame async for audio in stream]
    return length(frames) if seconds else frames


async def say(adapter, text):
    async with adapter.synthesize(text, conn_options=ONCE) as stream:
        return length([audio.frame async for audio in stream])


def length(frames):
    return round(sum(f.samples_per_channel / f.sample_rate for f in frames), 3)


async def alone(adapter, ask, *text):
    """What the last voice would speak without the adapter. LiveKit's emitters add 10 ms of
    silence to mark the end of what was flushed."""
    frames = []
    native = adapter.chain.natives[-1]
    async with native.synthesize(*text) if ask is say else _streamed(native, text) as stream:
        frames += [audio.frame async for audio in stream]
    return length(frames)


def _streamed(native, text):
    voice = native if native.capabilities.streaming else tts.StreamAdapter(tts=native)
    stream = voice.stream()
    for piece in text:
        stream.push_text(piece)
    stream.end_input()
    return stream


def facts(rows):
    return [(r.provider, r.outcome, r.fallback_from) for r in rows]


async def test_while_the_first_is_well_only_it_is_asked(chain, plugins):
    adapter = chain("tts", {}, {})
    assert isinstance(adapter, tts.FallbackAdapter)
    assert await speak(adapter, "one ", "two") == 0.14
    assert await say(adapter, "one two") == await alone(adapter, say, "one two")
    rows = await plugins.rows()
    assert facts(rows[:2]) == [("p1", "completed", None)] * 2
    assert [r.units[Unit.CHARACTERS] for r in rows[:2]] == [7, 7]


@pytest.mark.parametrize("ask", [speak, say])
@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("hang", [True, False])
async def test_the_next_voice_speaks_the_whole_text(chain, plugins, ask, streaming, hang):
    script = {"fails": 9, "hang": hang, "streaming": streaming}
    adapter = chain("tts", script, {"streaming": streaming})
    spoken = await ask(adapter, "Hello there, my friend.")
    assert spoken >= 0.4
    failed, served = await plugins.rows()
    assert spoken == await alone(adapter, ask, "Hello there, my friend.")
    # LiveKit's StreamAdapter, in front of a voice that takes whole texts, cancels a stuck one.
    lost = ("cancelled", None) if hang and not streaming and ask is speak else None
    error = "APITimeoutError" if hang else "ScriptedError"
    assert (failed.outcome, failed.error) == (lost or ("failed", error))
    assert facts([served]) == [("p2", "completed", SECOND)]
    assert served.units[Unit.CHARACTERS] == 23
    assert failed.units[Unit.CHARACTERS] == 23


@pytest.mark.parametrize("ask", [speak, say])
@pytest.mark.parametrize("hang", [True, False])
async def test_speech_that_began_is_never_cut_off_in_silence(chain, plugins, ask, hang):
    script = {"fails": 9, "fail_after": 2, "hang": hang, "streaming": False, "delay": 0.05}
    adapter = chain("tts", script, {})
    errors = []
    adapter.on("error", errors.append)
    text = "Thirtycharactersoftextinthis longish sentence."
    with pytest.raises(APIConnectionError, match="p1/tone-1 failed in the middle") as caught:
        await ask(adapter, text)
    assert not caught.value.retryable
    assert [error.recoverable for error in errors] == [False]
    rows = await plugins.rows()
    assert {r.provider for r in rows} == {"p1"}
    # LiveKit's StreamAdapter cancels the sentence that is being spoken.
    assert rows[-1].outcome in ("failed", "cancelled" if hang and ask is speak else "failed")


async def test_what_was_spoken_before_a_voice_failed_is_heard_to_its_end(chain):
    adapter = chain("tts", {"fails": 9, "fail_after": 1}, {})
    heard = []

    async def listen(stream):
        async for audio in stream:
            heard.append(audio.frame)  # noqa: PERF401 - what came before the error counts

    async with adapter.stream(conn_options=ONCE) as stream:
        stream.push_text("Hello, ")
        await asyncio.sleep(0.05)
        stream.push_text("world.")
        stream.end_input()
        with pytest.raises(APIConnectionError):
            await listen(stream)
    assert length(heard) >= 0.13  # the voice's own emitter keeps its last 10 ms


async def test_partial_speech_is_not_spoken_again_whatever_the_retries(chain, plugins):
    script = {"fails": 9, "fail_after": 2, "streaming": False, "delay": 0.05}
    adapter = chain("tts", script, {})
    options = APIConnectOptions(max_retry=3, retry_interval=0.01, timeout=5)
    async with adapter.synthesize("Hellohelloworld, dear world.", conn_options=options) as stream:
        with pytest.raises(APIConnectionError):
            await stream.collect()
    assert len(await plugins.rows()) == 1


@pytest.mark.parametrize("text", ["", " ", "\n \n"])
async def test_a_turn_with_nothing_to_say_causes_no_failover(chain, plugins, text):
    adapter = chain("tts", {"fails": 99}, {})
    assert await speak(adapter, text) == 0
    assert await say(adapter, text) == 0
    assert {r.provider for r in await plugins.rows()} <= {"p1"}
    assert not adapter.chain.recovery.is_down(0)


async def test_nor_does_one_in_which_a_voice_hangs(chain, plugins):
    adapter = chain("tts", {"fails": 99, "hang": True}, {})
    assert await speak(adapter, " ") == 0
    assert [r.provider for r in await plugins.rows()] == ["p1"]
    assert not adapter.chain.recovery.is_down(0)


async def test_slow_text_is_no_silence_of_the_voice(chain, plugins):
    adapter = chain("tts", {}, {}, attempt_timeout=0.1)
    heard = []
    async with adapter.stream(conn_options=ONCE) as stream:
        await asyncio.sleep(0.2)
        stream.push_text("Let me see. ")
        await asyncio.sleep(0.2)
        stream.push_text("Yes.")
        stream.end_input()
        heard += [audio.frame async for audio in stream]
    assert length(heard) == 0.32
    assert facts(await plugins.rows()) == [("p1", "completed", None)]


async def test_a_stuck_voice_is_found_out_while_text_still_comes(chain, plugins):
    adapter = chain("tts", {"fails": 9, "hang": True}, {}, attempt_timeout=0.1)
    async with adapter.stream(conn_options=ONCE) as stream:
        stream.push_text("x" * 250)
        first = await anext(stream)
        stream.push_text("y")
        stream.end_input()
        rest = [audio.frame async for audio in stream]
    assert length([first.frame, *rest]) == 5.02
    rows = await plugins.rows()
    assert facts(rows) == [("p1", "failed", None), ("p2", "completed", SECOND)]
    assert [r.units[Unit.CHARACTERS] for r in rows] == [250, 251]


class High(FakeTTS):
    """A voice at 48 kHz: 10 ms a character."""

    def __init__(self, **script):
        super().__init__(**script)
        self._sample_rate = 48_000


async def test_all_speech_comes_at_one_rate(chain, plugins):
    provider = FakeProvider()
    provider._make = lambda *_: High(streaming=False, fails=99)
    spare = chain("tts", {}).chain.natives
    plugins.install("p0", provider)
    adapter = TTSFallback([inference.TTS("p0/high", fallback=[]), *spare])
    assert adapter.sample_rate == 48_000
    frames = await speak(adapter, "x" * 50, seconds=False)
    assert {f.sample_rate for f in frames} == {48_000}
    assert length(frames) == pytest.approx(1.0, abs=0.02)
    chosen = TTSFallback(list(adapter.chain.natives), sample_rate=16_000)
    frames = await speak(chosen, "x" * 50, seconds=False)
    assert {f.sample_rate for f in frames} == {16_000}


async def test_when_all_fail_one_error_names_each(chain):
    adapter = chain("tts", {"fails": 9}, {"fails": 9, "hang": True})
    with pytest.raises(APIConnectionError) as caught:
        await speak(adapter, "Something secret.")
    assert str(caught.value) == (
        "Every TTS failed: p1/tone-1: ScriptedError; p2/tone-1: APITimeoutError."
    )


async def test_a_voice_without_sound_has_failed(chain, plugins):
    adapter = chain("tts", {"streaming": False}, {"streaming": False})
    mute, _ = adapter.chain.natives

    async def nothing(text, call, spoken, emitter):
        return spoken + 1

    mute.speak = nothing
    assert await say(adapter, "Hello.") >= 0.12
    assert facts(await plugins.rows()) == [("p1", "failed", None), ("p2", "completed", SECOND)]


async def test_a_barge_in_fails_nobody(chain, plugins):
    adapter = chain("tts", {"delay": 0.05}, {})
    async with adapter.stream(conn_options=ONCE) as stream:
        stream.push_text("x" * 50)
        stream.push_text("y" * 50)
        await anext(stream)
    (row,) = await plugins.rows()
    assert (row.outcome, row.units[Unit.CHARACTERS]) == ("cancelled", 100)
    assert not adapter.chain.recovery.is_down(0)


async def test_a_failed_voice_is_left_alone_until_it_has_cooled_down(chain, clock):
    adapter = chain("tts", {"fails": 1}, {})
    failing, spare = adapter.chain.natives
    for _ in range(3):
        await speak(adapter, "Hello.")
    assert (failing.calls, spare.calls) == (1, 3)
    clock.now += 5
    await speak(adapter, "Hello.")
    assert (failing.calls, spare.calls) == (2, 3)


async def test_a_probe_is_made_only_where_it_was_asked_for(chain, clock):
    adapter = chain("tts", {"fails": 1}, {}, probe=True)
    failing, spare = adapter.chain.natives
    await speak(adapter, "Hello.")
    clock.now += 5
    await speak(adapter, "Hello.")
    await asyncio.sleep(0.05)
    assert (failing.calls, spare.calls) == (2, 2)
    assert not adapter.chain.recovery.is_down(0)
    await adapter.aclose()


async def test_only_the_first_is_warmed_up_and_all_are_closed(chain):
    adapter = chain("tts", {}, {})
    warmed, closed = [], []

    def watch(place, native):
        async def aclose():
            closed.append(place)

        native.prewarm = lambda: warmed.append(place)
        native.aclose = aclose

    for place, native in enumerate(adapter.chain.natives):
        watch(place, native)
    adapter.prewarm()
    await adapter.aclose()
    assert (warmed, closed) == ([0], [0, 1])
