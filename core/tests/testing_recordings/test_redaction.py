"""Secrets go, ids become placeholders, everything else stays."""

from __future__ import annotations

import base64
import json

import pytest

from voicegateway.testing.recorder.exchanges import exchange_of, references_of
from voicegateway.testing.recorder.redaction import Redaction, secrets_of
from voicegateway.testing.recorder.tape import Tape
from voicegateway.testing.recordings.model import Await, SendBytes, SendJson, SendText

KEY = "sk-live-0123456789abcdef"


def tape(*seen, kind="text/event-stream", socket=False, **more):
    made = Tape("POST", "/v1", {}, {}, is_websocket=socket, status=200, **more)
    made.answer_headers = {"content-type": kind, **made.answer_headers}
    for by, data in seen:
        made.add(by, data)
    return made


def events(made, *secrets):
    return exchange_of(made, Redaction(set(secrets), dict(references_of(made)))).events


def values(made, *secrets):
    """What is said, without its times."""
    kept = [event for event in events(made, *secrets) if not isinstance(event, Await)]
    return [getattr(event, event.__slots__[1]) for event in kept]


def conversation(*seen):
    texts = [(by, data if isinstance(data, bytes | int) else json.dumps(data)) for by, data in seen]
    return tape(*texts, socket=True)


def test_secrets_are_found_wherever_a_request_has_them():
    made = Tape(
        "GET",
        "/v1",
        {"access_token": "query-token-1", "model": "swift-1-large"},
        {
            "authorization": "Bearer bearer-token-2",
            "xi-api-key": "header-key-3",
            "cookie": "a=cookie-value-4; b=5",
            "sec-websocket-protocol": "token, protocol-key-6",
            "user-agent": "agent-of-somebody",
        },
        is_websocket=True,
        cookies=["set-cookie-value-7"],
    )
    found = secrets_of(made, "key/with+signs")
    assert found >= {"query-token-1", "bearer-token-2", "header-key-3", "cookie-value-4"}
    assert found >= {"protocol-key-6", "set-cookie-value-7", "key/with+signs", "key%2Fwith%2Bsigns"}
    assert not found & {"swift-1-large", "agent-of-somebody", "Bearer", "token", "5"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"api_key": "abc"}, {"api_key": "removed"}),
        ({"client_secret": {"value": "abc"}}, {"client_secret": {"value": "removed"}}),
        ({"message": f"your key {KEY}"}, {"message": "your key removed"}),
        ({"ids": ["a", "b", "a"]}, {"ids": ["ids-1", "ids-2", "ids-1"]}),
        ({"requestId": "a"}, {"requestId": "requestId-1"}),
        ({"project": "p", "user": "u"}, {"project": "project-1", "user": "user-2"}),
        ({"account_id": 5551234567, "speaker_id": 0}, {"account_id": 1, "speaker_id": 0}),
        ({"model_id": "swift-1", "voice_id": "nova"}, {"model_id": "swift-1", "voice_id": "nova"}),
        ({"id": "a", "text": "a cab"}, {"id": "id-1", "text": "a cab"}),
        ({"tokens": 12, "paid": True, "void": None}, {"tokens": 12, "paid": True, "void": None}),
        ({"id": ""}, {"id": ""}),
    ],
)
def test_a_message_is_cleaned_by_the_names_of_its_keys(said, kept):
    assert values(conversation(("server", said)), KEY) == [kept]


def test_an_id_is_the_same_everywhere_also_before_it_is_named():
    made = conversation(
        ("server", {"text": "session 0123456789 began", "models": {"0123456789": 1}}),
        ("server", {"session_id": "0123456789"}),
        ("server", {"data": ["0123456789"]}),
    )
    assert values(made) == [
        {"text": "session session_id-1 began", "models": {"session_id-1": 1}},
        {"session_id": "session_id-1"},
        {"data": ["session_id-1"]},
    ]


def test_what_the_client_made_up_is_a_reference():
    made = conversation(
        ("client", {"context_id": "ctx-0123456789", "text": "good morning"}),
        ("client", {"context_id": "ctx-0123456789", "model": "sonic-3-2026"}),
        ("server", {"context_id": "ctx-0123456789", "model": "sonic-3-2026", "n": "good morning"}),
    )
    reply = {"context_id": "${context_id}", "model": "sonic-3-2026", "n": "good morning"}
    assert values(made) == [reply]


def test_what_the_client_changed_is_no_reference():
    made = conversation(
        ("client", {"item": "item-00000001"}),
        ("client", {"item": "item-00000002"}),
        ("server", {"item": "item-00000001"}),
    )
    assert values(made) == [{"item": "item-00000001"}]


def test_waits_are_for_types_and_flags_and_never_for_words():
    made = conversation(
        ("client", {"type": "Speak", "text": "private", "flush": False}),
        ("client", {"type": "KeepAlive"}),
        ("client", {"type": "Speak", "text": "also private", "flush": False}),
        ("server", {"n": 1}),
        ("client", b"\x00\x01"),
        ("client", b"\x02\x03"),
        ("server", {"n": 2}),
        ("client", b"\x04\x05"),
        ("client", "not an object"),
        ("client", {"type": "Speak", "flush": True}),
    )
    kept = [
        (event.kind, event.contains) if isinstance(event, Await) else event.value
        for event in events(made)
    ]
    assert kept == [
        ("json", {"type": "Speak", "flush": False}),
        {"n": 1},
        ("binary", {}),
        {"n": 2},
        ("text", {}),
        ("json", {"type": "Speak", "flush": True}),
    ]


def test_json_in_bytes_is_cleaned_and_audio_is_not_touched():
    said = json.dumps({"request_id": "0123456789"}).encode()
    made = conversation(("server", said), ("server", b"\xff0123456789"))
    assert values(made) == [b'{"request_id": "request_id-1"}', b"\xff0123456789"]


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n"])
def test_an_event_that_comes_in_pieces_is_one(end):
    whole = f'data: {{"delta": "größe"}}{end}event: done{end}'.encode()
    pieces = [("server", whole[at : at + 1]) for at in range(len(whole))]
    first, second = events(tape(*pieces))
    if end == "\n\n":
        assert isinstance(first, SendJson)
        assert first.value == {"delta": "größe"}
    else:  # written as it came
        assert first.text == f'data: {{"delta": "größe"}}{end}'
    assert second.text == f"event: done{end}"


def test_an_event_that_was_cut_off_is_kept():
    made = tape(("server", b"data: {}\n\ndata: {"))
    assert values(made) == [{}, "data: {"]


def test_lines_of_json_are_cleaned_one_by_one():
    lines = b'{"id": "0123456789"}\n{"text": "0123456789"}\n'
    made = tape(("server", lines[:30]), ("server", lines[30:]), kind="application/x-ndjson")
    assert values(made) == ['{"id": "id-1"}\n{"text": "id-1"}\n']


def test_audio_is_kept_in_its_pieces():
    made = tape(("client", b"{}"), ("server", bytes(4)), ("server", b"abcd"), kind="audio/wav")
    assert [type(event) for event in events(made)] == [SendBytes, SendBytes]
    assert values(made) == [bytes(4), b"abcd"]


def test_an_empty_answer_has_no_events():
    assert events(tape(kind="text/plain")) == ()
    assert events(tape(kind="audio/wav")) == ()


def test_headers_are_few():
    made = tape(
        kind="text/plain; charset=utf-8",
        answer_headers={
            "x-request-id": "req-1",
            "dg-request-id": "req-1",
            "character-cost": "12",
            "x-character-token": "abc",
            "openai-organization": "org-somebody",
            "server": "nginx",
            "set-cookie": "a=b",
        },
    )
    assert exchange_of(made, Redaction(set(), {})).headers == {
        "content-type": "text/plain; charset=utf-8",
        "x-request-id": "x-request-id-1",
        "dg-request-id": "x-request-id-1",
        "character-cost": "12",
    }


def test_a_text_that_is_no_json_is_cleaned():
    made = conversation(("client", {"id": "0123456789"}))
    made.add("server", f"ok 0123456789 {KEY}")
    (event,) = [event for event in events(made, KEY) if isinstance(event, SendText)]
    assert event.text == "ok ${id} removed"


def test_base64_within_json_stays():
    audio = base64.b64encode(bytes(range(256))).decode()
    assert values(conversation(("server", {"audio": audio}))) == [{"audio": audio}]
