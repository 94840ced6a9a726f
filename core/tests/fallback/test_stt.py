"""Fallback among ears. `Ear` hears the words that the audio itself spells out."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from ears import Ear, Words, hum, pause, word
from livekit.agents import APIConnectionError, APIConnectOptions, stt

from voicegateway import inference
from voicegateway.middleware.fallback import STTFallback
from voicegateway.testing import FakeProvider, FakeSTT
from voicegateway.types import Unit

ONCE = APIConnectOptions(max_retry=0, timeout=5)
FINAL = stt.SpeechEventType.FINAL_TRANSCRIPT


@pytest.fixture
def ears(plugins, clock):
    """`ears({...}, {...})`: an adapter over an `Ear` each."""
    from voicegateway.middleware.fallback import Cooldown

    def make(*scripts, attempt_timeout=0.2, **settings):
        children = []
        for place, script in enumerate(scripts, 1):
            provider = FakeProvider()
            provider._make = lambda *_, script=script: Ear(**script)
            plugins.install(f"p{place}", provider)
            children.append(inference.STT(f"p{place}/ear", fallback=[]))
        cooldown = Cooldown(clock=clock, chance=lambda: 0.0)
        return STTFallback(children, attempt_timeout=attempt_timeout, cooldown=cooldown, **settings)

    return make


class Stream:
    """A stream that a test talks into, and what came out."""

    def __init__(self, adapter):
        self.stream = adapter.stream(conn_options=ONCE)
        self.events = []
        self.reading = asyncio.create_task(self._read())

    async def _read(self):
        async for event in self.stream:
            self.events.append(event)

    def say(self, *frames):
        for frame in frames:
            for part in frame if isinstance(frame, list) else [frame]:
                self.stream.push_frame(part)

    async def heard(self, count):
        while len(self.finals) < count:
            if self.reading.done():
                self.reading.result()
                raise AssertionError(f"the stream ended after {self.finals}")
            await asyncio.sleep(0.005)
        return self.finals

    @property
    def finals(self):
        return [e.alternatives[0].text for e in self.events if e.type is FINAL]

    async def end(self):
        self.stream.end_input()
        await self.reading
        return self.finals

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.stream.aclose()
        await asyncio.gather(self.reading, return_exceptions=True)


def facts(rows):
    return [(r.provider, r.outcome, r.fallback_from) for r in rows]


def seconds(rows):
    return [r.units[Unit.AUDIO_SECONDS] for r in rows]


async def test_while_the_first_is_well_only_it_is_asked(ears, plugins):
    adapter = ears({}, {})
    assert isinstance(adapter, stt.FallbackAdapter)
    async with Stream(adapter) as talk:
        talk.say(word(1), pause(), word(2), pause())
        assert await talk.end() == ["w1", "w2"]
    rows = await plugins.rows()
    assert facts(rows) == [("p1", "completed", None)]
    assert seconds(rows) == [Decimal(2)]


@pytest.mark.parametrize(
    "script", [{"fails_at": 5}, {"fails_at": 5, "how": "hang"}, {"fails_at": 5, "how": "end"}]
)
async def test_what_was_not_transcribed_yet_is_heard_by_the_next(ears, plugins, script):
    adapter = ears(script, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause(), word(2), pause())
        assert await talk.heard(2) == ["w1", "w2"]
        talk.say(word(3), pause())
        assert await talk.end() == ["w1", "w2", "w3"]
    rows = await plugins.rows()
    # A stream that ended of its own accord is no failure to the meter.
    ended = "completed" if script.get("how") == "end" else "failed"
    assert facts(rows) == [("p1", ended, None), ("p2", "completed", "p1/ear")]
    assert adapter.chain.recovery.is_down(0)


async def test_finals_that_were_delivered_are_not_delivered_again(ears, plugins):
    adapter = ears({"fails_at": 110}, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        assert await talk.heard(1) == ["w1"]
        talk.say(word(2), pause())
        assert await talk.heard(2) == ["w1", "w2"]
        talk.say(word(3), pause())
        assert await talk.end() == ["w1", "w2", "w3"]
    first, second = await plugins.rows()
    assert facts([first, second]) == [("p1", "failed", None), ("p2", "completed", "p1/ear")]
    assert first.units[Unit.AUDIO_SECONDS] == Decimal(3)
    assert second.units[Unit.AUDIO_SECONDS] < Decimal("1.2")


async def test_an_ear_that_says_how_far_a_final_goes_loses_nothing_after_it(ears):
    """The final comes while the next word is being said already."""
    adapter = ears({"fails_at": 70, "late": 15, "says_times": True}, {"says_times": True})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause(), word(2), pause())
        assert await talk.end() == ["w1", "w2"]


async def test_the_times_of_transcripts_go_on_where_they_were(ears):
    adapter = ears({"fails_at": 110, "says_times": True}, {"says_times": True})
    async with Stream(adapter) as talk:
        talk.stream.start_time_offset = 100
        talk.say(word(1), pause())
        await talk.heard(1)
        talk.say(word(2), pause(), word(3), pause())
        await talk.end()
    ends = [e.alternatives[0].end_time for e in talk.events if e.type is FINAL]
    assert ends == pytest.approx([100.5, 101.5, 102.5], abs=0.1)


@pytest.mark.parametrize("times", ["says_times", "own_times"])
async def test_times_that_count_from_an_ears_own_beginning_are_understood(ears, times):
    adapter = ears({"fails_at": 60, "says_times": True}, {"fails_at": 80, times: True}, {})
    async with Stream(adapter) as talk:
        for number in (1, 2, 3):
            talk.say(word(number), pause())
            await talk.heard(number)
        assert await talk.end() == ["w1", "w2", "w3"]


async def test_the_kept_audio_is_bounded(ears, plugins):
    adapter = ears({"fails_at": 5, "how": "hang"}, {}, keep_seconds=2.0)
    async with Stream(adapter) as talk:
        talk.say(*[word(n) for n in (1, 2, 3)], pause(), word(4), pause())
        await talk.heard(1)
        assert (await talk.end())[-1] == "w4"
    assert seconds(await plugins.rows())[1] <= Decimal(2)


async def test_a_live_stream_stays_with_the_ear_it_came_to(ears, clock, plugins):
    adapter = ears({"fails_at": 5}, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await talk.heard(1)
        clock.now += 100
        talk.say(word(2), pause())
        assert await talk.end() == ["w1", "w2"]
    assert len(await plugins.rows()) == 2


async def test_the_next_stream_tries_the_first_again_once_it_has_cooled_down(ears, clock):
    adapter = ears({"fails_at": 5, "fails": 1}, {})
    first, second = adapter.chain.natives
    for _ in range(2):
        async with Stream(adapter) as talk:
            talk.say(word(1), pause())
            assert await talk.end() == ["w1"]
    assert (first.calls, second.calls) == (1, 2)
    clock.now += 5
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await talk.end()
    assert (first.calls, second.calls) == (2, 2)
    assert not adapter.chain.recovery.is_down(0)


async def test_silence_is_no_failure(ears, plugins):
    adapter = ears({"fails_at": 1, "how": "deaf"}, {}, attempt_timeout=0.05)
    async with Stream(adapter) as talk:
        talk.say(pause(), pause())
        await asyncio.sleep(0.15)
        assert await talk.end() == []
    assert facts(await plugins.rows()) == [("p1", "completed", None)]


async def test_nor_is_silence_that_is_flushed(ears, plugins):
    adapter = ears({"fails_at": 1, "how": "deaf"}, {}, attempt_timeout=0.05)
    async with Stream(adapter) as talk:
        talk.say(pause())
        talk.stream.flush()
        await asyncio.sleep(0.15)
        await talk.end()
    assert [r.provider for r in await plugins.rows()] == ["p1"]


async def test_nor_is_a_noise_that_never_dips(ears, plugins):
    adapter = ears({"fails_at": 1, "how": "deaf"}, {}, attempt_timeout=0.1)
    async with Stream(adapter) as talk:
        talk.say(hum(6))
        await asyncio.sleep(0.2)
        await talk.end()
    assert [r.provider for r in await plugins.rows()] == ["p1"]


async def test_where_no_ear_hears_anything_there_was_nothing_to_hear(ears, plugins):
    adapter = ears({"deaf_to": {1}}, {"deaf_to": {1}})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await asyncio.sleep(0.5)
        talk.say(word(2), pause())
        assert await talk.end() == ["w2"]
    assert [r.provider for r in await plugins.rows()] == ["p1", "p2"]


async def test_and_no_ear_is_blamed_for_it(ears):
    adapter = ears({"deaf_to": {1}}, {"deaf_to": {1}})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await asyncio.sleep(0.5)
        assert await talk.end() == []
    assert not adapter.chain.recovery.is_down(0)
    assert not adapter.chain.recovery.is_down(1)


async def test_an_ear_that_hears_nothing_where_another_does_has_failed(ears):
    adapter = ears({"deaf_to": {1}}, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        assert await talk.end() == ["w1"]
    assert adapter.chain.recovery.is_down(0)


async def test_a_final_is_due_after_an_interim(ears, plugins):
    adapter = ears({"interim_only": True}, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        assert await talk.heard(1) == ["w1"]
        assert await talk.end() == ["w1"]
    assert facts(await plugins.rows())[0] == ("p1", "failed", None)


async def test_an_ear_that_does_not_end_after_its_input_has_failed(ears, plugins):
    adapter = ears({"never_ends": True}, {})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        assert await talk.end() == ["w1"]
    assert [r.outcome for r in await plugins.rows()] == ["failed", "completed"]


async def test_speech_begins_once(ears):
    kinds = stt.SpeechEventType
    adapter = ears({"fails_at": 20, "says_speech": True}, {"says_speech": True})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await talk.end()
    said = [e.type for e in talk.events if e.type is not kinds.RECOGNITION_USAGE]
    assert said.count(kinds.START_OF_SPEECH) == said.count(kinds.END_OF_SPEECH) == 1


async def test_speech_ends_though_the_ear_failed_before_it_said_so(ears):
    kinds = stt.SpeechEventType
    script = {"says_speech": True, "forgets_end": True, "fails_at": 60}
    adapter = ears(script, {"says_speech": True})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        await talk.heard(1)
        talk.say(pause())
        await talk.end()
    said = [e.type for e in talk.events if e.type is not kinds.RECOGNITION_USAGE]
    assert said == [kinds.START_OF_SPEECH, FINAL, kinds.END_OF_SPEECH]


async def test_when_all_fail_one_error_names_each(ears):
    adapter = ears({"fails_at": 5}, {"fails_at": 5, "how": "hang"})
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        with pytest.raises(APIConnectionError) as caught:
            await talk.end()
    assert str(caught.value) == "Every STT failed: p1/ear: ScriptedError; p2/ear: APITimeoutError."


async def test_a_retry_of_the_whole_chain_has_the_audio_still(ears):
    adapter = ears({"fails_at": 5, "fails": 1}, {"fails_at": 5, "fails": 1})
    options = APIConnectOptions(max_retry=1, retry_interval=0.01, timeout=5)
    async with adapter.stream(conn_options=options) as stream:
        for frame in [*word(1), *pause()]:
            stream.push_frame(frame)
        stream.end_input()
        finals = [e.alternatives[0].text async for e in stream if e.type is FINAL]
    assert finals == ["w1"]


# Without a stream


async def test_recognize_asks_the_next(chain, plugins):
    adapter = chain("stt", {"fails": 9}, {"transcript": "hi"})
    event = await adapter.recognize(word(1), conn_options=ONCE)
    assert event.alternatives[0].text == "hi"
    failed, served = await plugins.rows()
    assert facts([failed, served]) == [("p1", "failed", None), ("p2", "completed", "p1/ear-1")]
    assert served.units[Unit.AUDIO_SECONDS] == Decimal("0.5")


async def test_recognize_outlasts_no_deadline(chain, plugins):
    adapter = chain("stt", {"fails": 9, "hang": True}, {"transcript": "hi"})
    event = await adapter.recognize(word(1), conn_options=ONCE)
    assert event.alternatives[0].text == "hi"
    assert [r.outcome for r in await plugins.rows()] == ["cancelled", "completed"]


async def test_recognize_asks_the_next_where_speech_gave_no_text(chain, plugins):
    adapter = chain("stt", {"transcript": ""}, {"transcript": "hi"})
    event = await adapter.recognize(word(1), conn_options=ONCE)
    assert event.alternatives[0].text == "hi"
    assert adapter.chain.recovery.is_down(0)
    assert [r.provider for r in await plugins.rows()] == ["p1", "p2"]


async def test_but_not_for_silence(chain, plugins):
    adapter = chain("stt", {"transcript": ""}, {"transcript": "hi"})
    event = await adapter.recognize(pause(), conn_options=ONCE)
    assert event.alternatives[0].text == ""
    assert [r.provider for r in await plugins.rows()] == ["p1"]


async def test_and_where_no_ear_hears_anything_that_is_the_answer(chain):
    adapter = chain("stt", {"transcript": ""}, {"transcript": ""})
    event = await adapter.recognize(word(1), conn_options=ONCE)
    assert event.alternatives[0].text == ""
    assert not adapter.chain.recovery.is_down(0)


async def test_recognize_says_so_when_all_fail(chain):
    adapter = chain("stt", {"fails": 9}, {"fails": 9, "hang": True})
    with pytest.raises(APIConnectionError) as caught:
        await adapter.recognize(word(1), conn_options=ONCE)
    assert "p1/ear-1: ScriptedError; p2/ear-1: APITimeoutError" in str(caught.value)


# Ears that take whole utterances


@pytest.mark.parametrize("hang", [True, False])
async def test_ears_that_do_not_stream_are_put_behind_a_vad(chain, plugins, hang):
    first = {"streaming": False, "fails": 9, "hang": hang}
    adapter = chain("stt", first, {"streaming": False, "transcript": "hi"}, vad=Words())
    async with Stream(adapter) as talk:
        talk.say(word(1), pause())
        assert await talk.heard(1) == ["hi"]
        await talk.end()
    rows = await plugins.rows()
    assert [(r.provider, r.fallback_from) for r in rows] == [("p1", None), ("p2", "p1/ear-1")]


async def test_livekits_own_vad_is_taken_if_none_is_given(plugins):
    plugins.install("p1", FakeProvider(stt={"streaming": False}))
    adapter = STTFallback([inference.STT("p1/ear-1", fallback=[])])
    assert adapter.capabilities.streaming
    await adapter.aclose()


async def test_without_any_vad_the_constructor_says_so(monkeypatch):
    from livekit.agents import inference as livekit_inference

    def missing(**_):
        raise ImportError("libsecret.so")

    monkeypatch.setattr(livekit_inference, "VAD", missing)
    with pytest.raises(ValueError, match="give vad="):
        STTFallback([FakeSTT(streaming=False)])


async def test_only_the_first_is_warmed_up_and_all_are_closed(chain):
    adapter = chain("stt", {}, {"streaming": False}, vad=Words())
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
