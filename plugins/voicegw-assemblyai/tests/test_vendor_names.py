"""What we lean on in LiveKit's AssemblyAI plugin is still there."""

import inspect

import pytest
from livekit.plugins import assemblyai
from livekit.plugins.assemblyai import tts as speech

from voicegw_assemblyai import vendor_names
from voicegw_assemblyai.session import watch_session
from voicegw_assemblyai.speech import count_connection

MOVED = "LiveKit's AssemblyAI plugin has moved it: the vendor's counters are no longer recovered"
KEY = "key-0123456789abcdef"


def is_coroutine(owner, name):
    return inspect.iscoroutinefunction(getattr(owner, name, None))


def test_a_session_is_opened_by_one_method():
    assert is_coroutine(assemblyai.SpeechStream, vendor_names.CONNECT), MOVED


def test_every_message_goes_through_one_method():
    method = getattr(assemblyai.SpeechStream, vendor_names.EVENT, None)
    assert list(inspect.signature(method).parameters) == ["self", "data"], MOVED


def test_an_attempt_at_speech_is_one_run():
    assert is_coroutine(assemblyai.SynthesizeStream, vendor_names.RUN), MOVED


def test_a_connection_of_speech_is_made_by_one_method():
    assert is_coroutine(assemblyai.TTS, "_connect"), MOVED
    assert list(inspect.signature(assemblyai.TTS._connect).parameters) == ["self", "timeout"]


def test_a_connection_of_speech_sends_and_is_attached():
    connection = speech._Connection
    assert vendor_names.send_of(connection) is connection.send, MOVED
    assert vendor_names.attach_of(connection) is connection.attach, MOVED
    assert hasattr(speech._Listener, "push"), MOVED


def test_a_session_gives_its_keyterms_to_one_method():
    assert "_update_session_keyterms" in vars(assemblyai.STT), MOVED


async def test_keyterms_are_where_they_were():
    stt = assemblyai.STT(api_key=KEY, keyterms_prompt=["Sonny"])
    assert vendor_names.keyterms_of(stt) == ["Sonny"], MOVED


async def test_the_timeout_of_a_stream_is_where_it_was(plugins):
    stream = assemblyai.STT(api_key=KEY, base_url="ws://127.0.0.1:9").stream()
    assert vendor_names.connect_timeout(stream) == stream._conn_options.timeout, MOVED
    await stream.aclose()


@pytest.mark.parametrize("name", [vendor_names.CONNECT, vendor_names.EVENT])
def test_a_stream_that_lacks_one_of_them_is_left_alone(name):
    class Stream:
        pass

    stream = Stream()
    setattr(stream, name, print)
    watch_session(stream)
    assert vars(stream) == {name: print}


def test_a_connection_that_lacks_one_of_them_is_left_alone():
    class Connection:
        def send(self, frame):
            pass

    connection = Connection()
    assert not count_connection(connection)
    assert vars(connection) == {}
