"""What we lean on in LiveKit's Cartesia plugin is still there."""

import inspect
import json

import pytest
from livekit.plugins.cartesia import tts
from livekit.plugins.cartesia._recognize_streams.auto_finalize_recognize_stream import (
    AutoFinalizeRecognizeStream,
)
from livekit.plugins.cartesia._recognize_streams.legacy_recognize_stream import (
    LegacyRecognizeStream,
)

from voicegateway.testing import drain
from voicegw_cartesia import vendor_names
from voicegw_cartesia.recovery import watch_connection

MOVED = (
    "LiveKit's Cartesia plugin has moved it: attempts are no longer told apart from nothing sent"
)


@pytest.mark.parametrize(
    "owner", [tts.TTS, AutoFinalizeRecognizeStream, LegacyRecognizeStream], ids=lambda c: c.__name__
)
def test_a_connection_is_opened_by_one_method(owner):
    assert inspect.iscoroutinefunction(getattr(owner, vendor_names.CONNECT, None)), MOVED


@pytest.mark.parametrize("owner", [tts.ChunkedStream, tts.SynthesizeStream])
def test_an_attempt_is_one_run(owner):
    assert inspect.iscoroutinefunction(getattr(owner, vendor_names.RUN, None)), MOVED


async def test_each_sentence_is_one_message_with_a_space_behind_it(make, cloud):
    """And the message that ends a turn has a space for its text."""
    stream = make("TTS", "sonic-3").stream()
    stream.push_text("Hello.")
    stream.end_input()
    await drain(stream)
    texts = [said[vendor_names.TEXT_KEY] for said in cloud.messages]
    assert texts == ["Hello. ", " "], f"{MOVED}: {json.dumps(texts)}"


def test_a_stream_without_that_method_is_left_alone():
    class Stream:
        def end_input(self):
            pass

    stream = Stream()
    watch_connection(stream)
    assert vars(stream) == {}
