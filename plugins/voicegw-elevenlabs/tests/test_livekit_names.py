"""The private names of LiveKit's plugin: each is there, and calls go on without it."""

import inspect
from decimal import Decimal

import pytest
from livekit.plugins import elevenlabs
from livekit.plugins.elevenlabs.tts import _Connection, _DialogueConnection, _SynthesizeContent

from voicegateway.testing import drain, retries, silence
from voicegateway.types import Unit
from voicegw_elevenlabs import livekit_names
from voicegw_elevenlabs.livekit_names import CONNECTION, SEND_TEXT, SENT_AUDIO

MOVED = "LiveKit's ElevenLabs plugin no longer has {}: look for what does its work now"


def test_the_connection_of_all_streams():
    find = getattr(elevenlabs.TTS, CONNECTION, None)
    assert inspect.iscoroutinefunction(find), MOVED.format(f"TTS.{CONNECTION}")


@pytest.mark.parametrize("kind", [_Connection, _DialogueConnection])
def test_the_way_text_takes(kind):
    send = getattr(kind, SEND_TEXT, None)
    assert callable(send), MOVED.format(f"{kind.__name__}.{SEND_TEXT}")
    assert list(inspect.signature(send).parameters) == ["self", "content"]
    assert _SynthesizeContent("context", "text").text == "text"


def test_the_sum_of_the_audio_that_was_sent():
    source = inspect.getsource(elevenlabs.SpeechStream)
    assert f"self.{SENT_AUDIO} = " in source, MOVED.format(f"SpeechStream.{SENT_AUDIO}")
    assert f"self.{SENT_AUDIO}.flush()" in source


def test_the_message_of_a_session():
    name = "_process_stream_event"
    assert callable(getattr(elevenlabs.SpeechStream, name, None)), MOVED.format(name)


def test_a_connection_is_watched_once():
    class Connection:
        def send_content(self, content):
            sent.append(content.text)

    sent, counted, connection = [], [], Connection()
    for _ in range(2):
        livekit_names.count_text(connection, counted.append)
    connection.send_content(_SynthesizeContent("context", "hello "))
    assert (sent, counted) == (["hello "], [6])


def test_what_is_gone_is_left_alone():
    livekit_names.count_text(object(), pytest.fail)
    assert not livekit_names.flush_sent_audio(object())


async def test_speech_goes_on_without_them(plugins, make, speaker, monkeypatch):
    monkeypatch.setattr(livekit_names, "SEND_TEXT", "send_it_another_way")
    tts = make("TTS", "eleven_flash_v2_5", speaker, encoding="pcm_16000")
    monkeypatch.setattr(type(tts), CONNECTION, elevenlabs.TTS._current_connection)
    stream = tts.stream(conn_options=retries(0))
    stream.push_text("Hello there.")
    stream.end_input()
    assert await drain(stream)
    (row,) = await plugins.rows()
    assert (row.units[Unit.CHARACTERS], row.verdict) == (12, "usage_missing")


async def test_listening_goes_on_without_them(plugins, make, scribe, monkeypatch):
    monkeypatch.setattr(livekit_names, "SENT_AUDIO", "_somewhere_else")
    stt = make("STT", "scribe_v2_realtime", scribe)
    stream = stt.stream(conn_options=retries(0))
    for _ in range(100):
        stream.push_frame(silence())
    await scribe.until_heard(2)
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.units[Unit.AUDIO_SECONDS], row.verdict) == (Decimal(2), "usage_missing")
