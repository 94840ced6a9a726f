"""What is not understood is refused, and one sentence says what and where."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import acme_recordings as kit
import pytest

from voicegateway.testing import Recording, read_recording
from voicegateway.testing.recordings.model import (
    Await,
    Close,
    RecordingError,
    SendBytes,
    SendJson,
    SendText,
)
from voicegateway.testing.recordings.reading import parse_recording
from voicegateway.types import Modality, Unit

STREAM, BATCH, CHAT, SPEECH = kit.STT_STREAM, kit.STT_BATCH, kit.LLM_SSE, kit.TTS_STREAM


def complaint(content):
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(RecordingError) as caught:
        parse_recording(text, "a.json")
    said = str(caught.value)
    assert said.startswith("a.json: ")
    assert said.endswith((".", "?"))
    return said.removeprefix("a.json: ")


def test_every_key_is_read(tmp_path):
    recording = read_recording(kit.save(tmp_path, STREAM))
    assert isinstance(recording, Recording)
    assert (recording.provider, recording.model) == ("acme", "swift-1")
    assert (recording.modality, recording.mode) == (Modality.STT, "streaming")
    assert (recording.origin, recording.date) == ("composed", date(2026, 11, 22))
    assert (recording.language, recording.voice) == ("en", None)
    assert recording.options == {"punctuate": True}
    assert recording.request.audio_seconds == Decimal("2.0")
    assert recording.reported == {Unit.AUDIO_SECONDS: Decimal("2.0")}
    assert recording.expected.units == {Unit.AUDIO_SECONDS: Decimal(2)}
    assert recording.expected.cost_usd == Decimal("0.00016")


def test_every_kind_of_event_is_read():
    stream = parse_recording(json.dumps(STREAM), "a.json").exchange
    assert (stream.transport, stream.path, stream.headers) == (
        *("websocket", "/v1/listen"),
        {"x-region": "eu"},
    )
    assert stream.events[:3] == (
        Await(0, "binary"),
        SendJson(900, {"type": "Results", "text": "hello"}),
        Await(2000, "json", {"type": "CloseStream"}),
    )
    assert stream.events[-1] == Close(2120, 1000)
    speech = parse_recording(json.dumps(SPEECH), "a.json").exchange
    assert speech.events[1] == SendBytes(80, bytes(6400))
    assert speech.events[3] == SendText(95, '{"context": "${context}", "done": true}')


def test_each_modality_has_its_own_request():
    assert parse_recording(json.dumps(SPEECH), "a.json").request.text == "Hello."
    assert parse_recording(json.dumps(CHAT), "a.json").request.messages == (
        ("system", "Be brief."),
        ("user", "Say hello."),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (kit.changed(STREAM, langage="x"), "langage is no known key: did you mean 'language'?"),
        (
            kit.changed(STREAM, exchange__events__1__jsno={}),
            "exchange.events[1].jsno is no known key: did you mean 'json'?",
        ),
        (
            kit.changed(STREAM, exchange__events__2__await__has={}),
            "exchange.events[2].await.has is no known key: there are kind, contains.",
        ),
        (
            kit.changed(STREAM, expected__units__audio_second="1"),
            "expected.units.audio_second is no known key: did you mean 'audio_seconds'?",
        ),
        (
            kit.changed(CHAT, request__message=[]),
            "request.message is no known key: did you mean 'messages'?",
        ),
        (
            kit.changed(CHAT, request__text="Hi."),
            "request.text is no known key: there are messages.",
        ),
    ],
)
def test_a_key_that_is_not_known_is_refused_with_the_nearest(content, said):
    assert complaint(content) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (kit.changed(STREAM, format=2), "format is one that this voicegw does not know"),
        (kit.changed(STREAM, format=True), "format must be a whole number"),
        (kit.changed(STREAM, note=""), "note is missing: say from which documented messages"),
        (kit.changed(STREAM, origin="made"), "origin cannot be 'made': there are recorded, comp"),
        (kit.changed(STREAM, provider="Acme Inc"), "provider must be a provider id"),
        (kit.changed(STREAM, model=""), "model is empty."),
        (kit.changed(STREAM, modality="sst"), "modality cannot be 'sst': did you mean 'stt'?"),
        (kit.changed(STREAM, mode="realtime"), "mode cannot be 'realtime': there are stream"),
        (kit.changed(CHAT, mode="batch"), "mode cannot be 'batch': there are streaming."),
        (kit.changed(STREAM, date="22.11.2026"), "date must be a day such as 2026-11-22."),
        (kit.changed(STREAM, date="20261122"), "date must be written 2026-11-22."),
        (kit.changed(STREAM, options=[]), "options must be a JSON object."),
        (kit.changed(STREAM, language=7), "language must be a text."),
        (kit.changed(STREAM, voice="nova"), "voice is for text-to-speech alone."),
        (kit.changed(CHAT, language="en"), "language is for speech alone."),
        (kit.changed(STREAM, request={}), "request.audio_seconds is missing."),
        (kit.changed(STREAM, request__audio_seconds=2.0), "request.audio_seconds must be a nu"),
        (kit.changed(STREAM, request__audio_seconds="0"), "request.audio_seconds must be whole"),
        (kit.changed(STREAM, request__audio_seconds="0.00001"), "request.audio_seconds must be w"),
        (kit.changed(STREAM, request__audio_seconds="1e400"), "request.audio_seconds must be wh"),
        (kit.changed(CHAT, request__messages=[]), "request.messages is empty."),
        (
            kit.changed(CHAT, request__messages__0__role="robot"),
            "request.messages[0].role cannot be 'robot'",
        ),
        (kit.changed(SPEECH, expected__text="Bye."), "expected.text is not request.text"),
        (kit.changed(STREAM, expected__text=None), "expected.text is missing."),
        (kit.changed(STREAM, expected__cost_usd=0.1), "expected.cost_usd must be a number in q"),
        (kit.changed(STREAM, expected__cost_usd="-1"), "expected.cost_usd must be a number in q"),
        (kit.changed(STREAM, expected__cost_usd="NaN"), "expected.cost_usd must be a number in"),
        (kit.changed(STREAM, expected__basis="guess"), "expected.basis cannot be 'guess': there"),
        (kit.changed(STREAM, expected__verdict="ok"), "expected.verdict cannot be 'ok': there"),
        (kit.changed(STREAM, reported=None), "reported is empty, and expected.basis is 'report"),
        (
            kit.changed(STREAM, reported__audio_seconds="3"),
            "reported.audio_seconds is 3 and the expected one 2.",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(content, said):
    assert complaint(content).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exchange__transport": "ws"}, "exchange.transport cannot be 'ws': there are websocket"),
        ({"exchange__method": "POST"}, "exchange.method cannot be 'POST': there are GET."),
        ({"exchange__path": "v1"}, "exchange.path must begin with a slash"),
        ({"exchange__path": "/v1?key=1"}, "exchange.path must begin with a slash and hold no que"),
        ({"exchange__status": 99}, "exchange.status must be a whole number from 101 to 599."),
        ({"exchange__headers": {"X-Y": "1"}}, "exchange.headers.X-Y must be the name of a header"),
        ({"exchange__headers": {"content-length": "1"}}, "exchange.headers.content-length is the"),
        ({"exchange__headers": {"set-cookie": "a"}}, "exchange.headers.set-cookie may carry a se"),
        ({"exchange__headers": {"x-y": "a\nb"}}, "exchange.headers.x-y must be one line."),
        ({"exchange__events": {}}, "exchange.events must be a list."),
        ({"exchange__events": ["hi"]}, "exchange.events[0] must be a JSON object."),
        ({"exchange__events__0": {"at_ms": 0}}, "exchange.events[0] must hold one of json, text"),
        (
            {"exchange__events__1__text": "both"},
            "exchange.events[1] must hold one of json, text, base64, await, close and at_ms.",
        ),
        ({"exchange__events__2__at_ms": 1}, "exchange.events[2].at_ms must be a whole number fr"),
        ({"exchange__events__1__at_ms": 1.5}, "exchange.events[1].at_ms must be a whole number"),
        ({"exchange__events__0__await": {"kind": "blob"}}, "exchange.events[0].await.kind cannot"),
        (
            {"exchange__events__0__await": {"kind": "binary", "contains": {"a": 1}}},
            "exchange.events[0].await.contains is for the kind 'json' alone.",
        ),
        ({"exchange__events__5__close": 10}, "exchange.events[5].close must be a whole number"),
        ({"exchange__events__5__close": 1006}, "exchange.events[5].close is a code that is never"),
        (
            {"exchange__events__0": {"at_ms": 0, "close": 1000}},
            "exchange.events[1].json comes after the close.",
        ),
        (
            {"exchange__events__0": {"at_ms": 0, "base64": "*"}},
            "exchange.events[0].base64 is not base64.",
        ),
    ],
)
def test_an_exchange_that_cannot_be_is_refused(changes, said):
    assert complaint(kit.changed(STREAM, **changes)).startswith(said)


def test_an_answer_in_one_piece_waits_for_nobody():
    wait = {"at_ms": 0, "await": {"kind": "binary"}}
    said = complaint(kit.changed(BATCH, exchange__events=[wait]))
    assert said == "exchange.events[0].await is for a websocket alone."


def test_an_answer_says_what_it_is():
    said = complaint(kit.changed(BATCH, exchange__headers={}))
    assert said == "exchange.headers has no content-type, by which clients read the answer."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is not JSON: Expecting value"),
        ("[1]", "the file must be a JSON object."),
        ('{"format": NaN}', "this is not JSON: it has no NaN."),
        ('{"format": 1e999}', "this is not JSON: 1e999 is too large."),
        ('{"format": ' + "9" * 5000 + "}", "this is not JSON: "),
        ('{"format": 1, "format": 1}', "this is not JSON: the key 'format' is there twice."),
        ('{"format": 1, "note": "\\ud800"}', "a text holds half of a surrogate pair."),
        ("[" * 100_000, "it is nested too deeply."),
    ],
)
def test_what_is_not_json_is_refused(text, said):
    assert complaint(text).startswith(said)


def test_the_name_of_a_file_must_agree_with_it(tmp_path):
    path = kit.save(tmp_path, CHAT, "acme_parrot-2_llm_streaming_2026-11-22.json")
    with pytest.raises(ValueError, match="must be 'acme_parrot-2-free_llm_streaming_2026-11-22"):
        read_recording(path)


def test_a_file_that_is_not_there_or_no_text_is_one_error(tmp_path):
    with pytest.raises(RecordingError, match=r"gone.json: the file cannot be read: No such file"):
        read_recording(tmp_path / "gone.json")
    path = tmp_path / "a.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RecordingError, match=r"a.json: the file is not UTF-8 text."):
        read_recording(path)
