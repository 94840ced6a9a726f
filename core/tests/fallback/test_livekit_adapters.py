"""What our adapters lean on in LiveKit's. When a release moves one of these, this says which."""

from __future__ import annotations

import inspect

import pytest
from livekit.agents import llm, stt, tts
from livekit.agents.stt.fallback_adapter import FallbackRecognizeStream
from livekit.agents.stt.stream_adapter import StreamAdapterWrapper
from livekit.agents.tts.fallback_adapter import FallbackChunkedStream, FallbackSynthesizeStream

from voicegateway.testing import FakeLLM, FakeSTT, FakeTTS, prompt


@pytest.mark.parametrize(
    ("adapter", "children"),
    [
        (lambda: llm.FallbackAdapter([FakeLLM()]), "_llm_instances"),
        (lambda: stt.FallbackAdapter([FakeSTT()]), "_stt_instances"),
        (lambda: tts.FallbackAdapter([FakeTTS()]), "_tts_instances"),
    ],
)
def test_names_of_the_adapters(adapter, children):
    made = adapter()
    for name in (children, "_status", "_active_instance"):
        assert hasattr(made, name), name
    assert made._status[0].available is True


async def test_names_of_their_streams():
    thinking = llm.FallbackAdapter([FakeLLM()]).chat(chat_ctx=prompt())
    hearing = stt.FallbackAdapter([FakeSTT()]).stream()
    voices = tts.FallbackAdapter([FakeTTS()])
    speaking, saying = voices.stream(), voices.synthesize("Hello.")
    names = {
        thinking: (
            "_chat_ctx _tools _parallel_tool_calls _tool_choice _extra_kwargs _conn_options "
            "_current_stream _llm_request_span _event_ch"
        ),
        hearing: "_input_ch _event_ch _conn_options _language",
        speaking: "_input_ch _conn_options _started_time _tts_request_span",
        saying: "_input_text _conn_options _tts_request_span",
    }
    for stream, expected in names.items():
        for name in expected.split():
            assert hasattr(stream, name), (stream, name)
        await stream.aclose()


@pytest.mark.parametrize(
    "kind", [FallbackRecognizeStream, FallbackSynthesizeStream, FallbackChunkedStream]
)
def test_their_streams_do_the_work_in_run(kind):
    assert inspect.iscoroutinefunction(kind._run)
    assert callable(kind._try_recovery)


def test_the_stream_behind_a_vad_takes_the_ear_to_ask():
    assert {"vad", "wrapped_stt", "language", "conn_options"} <= set(
        inspect.signature(StreamAdapterWrapper.__init__).parameters
    )
