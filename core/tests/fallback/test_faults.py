"""Twelve ways to go wrong, over real sockets, for each kind of model. The deadlines are short;
what is asserted is who was heard, that nothing came twice, and what the ledger says."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
import socket_plugin
from ears import pause, word
from faulty_cloud import FaultyCloud, Trouble, speech_seconds
from livekit.agents import APIConnectionError, APIConnectOptions, APIError, stt

from voicegateway import inference
from voicegateway.middleware.fallback import LLMFallback, STTFallback, TTSFallback
from voicegateway.testing import prompt
from voicegateway.types import Unit

ONCE = APIConnectOptions(max_retry=0, timeout=60)
DEADLINE = 0.3
TEXT = "What a fine day this is."
MIDWAY = (Trouble.HANG_AFTER, Trouble.CLOSE)
BEFORE = [trouble for trouble in Trouble if trouble not in MIDWAY]
REASON = {
    Trouble.WRONG_KEY: "APIStatusError 401",
    Trouble.LIMITED: "APIStatusError 429",
    Trouble.SERVER_ERROR: "APIStatusError 500",
    Trouble.HANG_BEFORE: "APITimeoutError",
    Trouble.HANG_AFTER: "APITimeoutError",
    Trouble.DRIP: "APITimeoutError",
    Trouble.MALFORMED: "APIError",
    Trouble.REFUSED: "APIConnectionError",
    Trouble.TLS: "APIConnectionError",
    Trouble.DNS: "APIConnectionError",
    Trouble.CLOSE: "APIConnectionError",
}


@pytest.fixture
def clouds(plugins):
    """`async with clouds(factory, kind, trouble, ...) as adapter`: one that is in trouble, one
    that is well."""
    plugins.install("bad", socket_plugin)
    plugins.install("good", socket_plugin)

    @contextlib.asynccontextmanager
    async def open_(factory, kind, trouble, **settings):
        async with FaultyCloud(trouble, words=("Not ", "this.")) as bad, FaultyCloud() as good:
            settings.setdefault("attempt_timeout", DEADLINE)
            adapter = kind(
                [
                    factory("bad/model", base_url=bad.address, api_key=bad.key, fallback=[]),
                    factory("good/model", base_url=good.address, api_key=good.key, fallback=[]),
                ],
                **settings,
            )
            yield adapter
            await adapter.aclose()

    return open_


@pytest.fixture(autouse=True)
def key_in_every_request(monkeypatch):
    """The plugin sends the key that its own settings have."""
    monkeypatch.setattr(FaultyCloud, "authorized", lambda *_: True)


async def text_of(adapter):
    async with adapter.chat(chat_ctx=prompt(), conn_options=ONCE) as stream:
        return "".join([c.delta.content async for c in stream if c.delta and c.delta.content])


async def seconds_of(stream):
    async with stream:
        frames = [audio.frame async for audio in stream]
    return sum(frame.samples_per_channel for frame in frames) / 16_000


def streamed(adapter):
    stream = adapter.stream(conn_options=ONCE)
    for piece in TEXT.partition("fine "):
        stream.push_text(piece)
    stream.end_input()
    return stream


def synthesized(adapter):
    return adapter.synthesize(TEXT, conn_options=ONCE)


def failed_then_served(rows, trouble):
    failed, served = rows
    assert (failed.provider, failed.fallback_from) == ("bad", None)
    assert (served.provider, served.outcome) == ("good", "completed")
    assert served.fallback_from == "bad/model"
    if trouble in REASON and failed.outcome != "cancelled":
        assert (failed.outcome, failed.error) == ("failed", REASON[trouble])
    return failed, served


@pytest.mark.parametrize("trouble", BEFORE)
async def test_a_language_model_in_trouble(clouds, plugins, trouble):
    async with clouds(inference.LLM, LLMFallback, trouble) as adapter:
        assert await text_of(adapter) == "Hello there."
        failed, served = failed_then_served(await plugins.rows(), trouble)
    assert served.units == {Unit.INPUT_TOKENS: 11, Unit.OUTPUT_TOKENS: 2}
    if trouble is Trouble.EMPTY:  # billed, and of no use
        assert (failed.outcome, failed.units[Unit.INPUT_TOKENS]) == ("completed", 11)


@pytest.mark.parametrize("trouble", MIDWAY)
async def test_a_language_model_that_fails_in_the_middle(clouds, plugins, trouble):
    async with clouds(inference.LLM, LLMFallback, trouble, stall_timeout=DEADLINE) as adapter:
        with pytest.raises(APIError):
            await text_of(adapter)
        (row,) = await plugins.rows()
    assert (row.provider, row.outcome, row.error) == ("bad", "failed", REASON[trouble])
    assert row.units[Unit.OUTPUT_TOKENS] > 0
    assert row.basis == "estimated"


@pytest.mark.parametrize("trouble", MIDWAY)
async def test_unless_another_may_begin_anew(clouds, plugins, trouble):
    settings = {"stall_timeout": DEADLINE, "retry_on_chunk_sent": True}
    async with clouds(inference.LLM, LLMFallback, trouble, **settings) as adapter:
        assert await text_of(adapter) == "Not Hello there."
        failed_then_served(await plugins.rows(), trouble)


@pytest.mark.parametrize("ask", [streamed, synthesized])
@pytest.mark.parametrize("trouble", BEFORE)
async def test_a_voice_in_trouble(clouds, plugins, trouble, ask):
    async with clouds(inference.TTS, TTSFallback, trouble) as adapter:
        spoken = await seconds_of(ask(adapter))
        failed, served = failed_then_served(await plugins.rows(), trouble)
    assert spoken == pytest.approx(speech_seconds(TEXT), abs=0.021)  # LiveKit's end marks
    assert (served.units[Unit.CHARACTERS], failed.units[Unit.CHARACTERS]) == (24, 24)


@pytest.mark.parametrize("ask", [streamed, synthesized])
@pytest.mark.parametrize("trouble", MIDWAY)
async def test_a_voice_that_fails_in_the_middle(clouds, plugins, trouble, ask):
    async with clouds(inference.TTS, TTSFallback, trouble) as adapter:
        with pytest.raises(APIConnectionError, match="bad/model failed in the middle"):
            await seconds_of(ask(adapter))
        (row,) = await plugins.rows()
    assert row.provider == "bad"
    assert row.outcome in ("failed", "cancelled" if ask is streamed else "failed")
    assert row.units[Unit.CHARACTERS] == 24


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_an_ear_in_trouble(clouds, plugins, trouble):
    finals = []
    async with clouds(inference.STT, STTFallback, trouble) as adapter:
        async with adapter.stream(conn_options=ONCE) as stream:
            for frame in [*word(1), *pause(), *word(2), *pause()]:
                stream.push_frame(frame)
            async for event in stream:
                if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                    finals.append(event.alternatives[0].text)
                    if len(finals) == 2:
                        stream.end_input()
        failed, served = failed_then_served(await plugins.rows(), trouble)
    assert finals == ["w1", "w2"]
    assert served.units[Unit.AUDIO_SECONDS] == Decimal(2)
    assert failed.units[Unit.AUDIO_SECONDS] <= Decimal(2)


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_an_ear_in_trouble_with_a_whole_utterance(clouds, plugins, trouble):
    async with clouds(inference.STT, STTFallback, trouble) as adapter:
        event = await adapter.recognize(word(3), conn_options=ONCE)
        _, served = failed_then_served(await plugins.rows(), trouble)
    assert event.alternatives[0].text == "w3"
    assert served.units[Unit.AUDIO_SECONDS] == Decimal("0.5")


async def test_when_every_cloud_is_down_one_error_says_what_was_wrong_with_each(plugins):
    plugins.install("one", socket_plugin)
    plugins.install("two", socket_plugin)
    async with FaultyCloud(Trouble.LIMITED) as one, FaultyCloud(Trouble.HANG_BEFORE) as two:
        children = [
            inference.LLM("one/model", base_url=one.address, fallback=[]),
            inference.LLM("two/model", base_url=two.address, fallback=[]),
        ]
        adapter = LLMFallback(children, attempt_timeout=DEADLINE)
        with pytest.raises(APIConnectionError) as caught:
            await text_of(adapter)
        rows = await plugins.rows()
    assert str(caught.value) == (
        "Every LLM failed: one/model: APIStatusError 429; two/model: APITimeoutError."
    )
    assert [(r.outcome, r.fallback_from) for r in rows] == [
        ("failed", None),
        ("failed", "one/model"),
    ]
