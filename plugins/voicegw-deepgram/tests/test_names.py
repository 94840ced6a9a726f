"""LiveKit's private names are where we look for them, and a call goes on where one is not."""

from __future__ import annotations

import pytest
from calls import hear, say
from livekit.plugins import deepgram
from livekit.plugins.deepgram import stt as native_stt

from voicegateway.types import Unit
from voicegw_deepgram import names, speaking
from voicegw_deepgram.counting import as_counting
from voicegw_deepgram.stt import NovaStream


def test_every_method_that_is_overridden_is_there():
    assert names.missing(deepgram) == []


def test_a_method_that_has_moved_is_named_in_a_sentence(monkeypatch):
    monkeypatch.delattr(native_stt.SpeechStream, "_process_stream_event")
    (sentence,) = names.missing(deepgram)
    assert "deepgram.stt.SpeechStream no longer has _process_stream_event" in sentence


@pytest.mark.parametrize("model", ["nova-3", "flux-general-en"])
async def test_a_streams_collector_and_options_are_there(made, model):
    stream = made("STT", model).stream()
    collector = getattr(stream, names.COLLECTOR, None)
    assert hasattr(collector, "push"), f"LiveKit's stream no longer has {names.COLLECTOR}"
    assert hasattr(collector, "flush"), f"LiveKit's {names.COLLECTOR} no longer has flush"
    options = getattr(stream, names.OPTIONS, None)
    for name in ("language", "keyterm", "redact", "mip_opt_out"):
        assert hasattr(options, name), f"LiveKit's {names.OPTIONS} no longer has {name}"
    await stream.aclose()


async def test_without_the_collector_the_meters_own_count_is_used(made, bench, monkeypatch):
    monkeypatch.setattr(names, "COLLECTOR", "_moved")
    assert await hear(made("STT", "nova-3")) == ["hello world"]
    (row,) = await bench.rows()
    assert (row.verdict, row.units[Unit.AUDIO_SECONDS]) == ("confirmed", 2)


async def test_without_the_messages_the_row_says_that_usage_is_missing(made, bench, monkeypatch):
    stream = made("STT", "nova-3").stream()
    monkeypatch.setattr(type(stream), "_process_stream_event", native_process)
    await stream.aclose()
    assert await hear(made("STT", "nova-3")) == ["hello world"]
    row = (await bench.rows())[-1]
    assert (row.verdict, row.basis, row.units[Unit.AUDIO_SECONDS]) == (
        "usage_missing",
        "measured",
        2,
    )


def native_process(stream, data):
    """As if LiveKit called a method of another name."""
    native_stt.SpeechStream._process_stream_event(stream, data)


async def test_without_the_words_the_characters_given_are_billed(made, bench, monkeypatch):
    """As if LiveKit sent words in a method of another name."""
    monkeypatch.setattr(names, "RUN_WS", "_moved")
    monkeypatch.setattr(speaking, "_counted", lambda words: words)
    await say(made("TTS", "aura-2"), "Hello there.")
    (row,) = await bench.rows()
    assert (row.verdict, row.units[Unit.CHARACTERS]) == ("usage_missing", 12)


def test_a_stream_whose_class_cannot_be_changed_stays_as_it_is():
    class Fixed:
        __slots__ = ()

    stream = Fixed()
    assert as_counting(stream, NovaStream) is stream
    assert type(stream) is Fixed
