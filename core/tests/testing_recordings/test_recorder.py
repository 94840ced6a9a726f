"""What a vendor sends is kept without its secrets, and the plugin does the same on it again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import acme_plugin
import pytest
from acme_cloud import ACCOUNT, COOKIE, KEY
from acme_orders import KINDS, order

from voicegateway.testing import check_recording, read_recording
from voicegateway.testing.recorder.session import record
from voicegateway.testing.recordings.model import Await, Close, SendBytes, SendJson
from voicegateway.types import Unit

TODAY = datetime.now(UTC).date()


@pytest.fixture
def recorded(tmp_path, installed, cloud):
    """`await recorded("sse llm")` records one and reads it."""

    async def make(kind, *more):
        path = await record(order(tmp_path, cloud.url, *KINDS[kind], *more))
        return read_recording(path)

    return make


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_recorded_can_be_played_again(tmp_path, installed, cloud, kind):
    path = await record(order(tmp_path, cloud.url, *KINDS[kind]))
    await check_recording(path, acme_plugin, base_url=lambda cloud: f"{cloud.url}/api")
    recording = read_recording(path)
    assert recording.origin == "recorded"
    assert "voicegw-acme 1.2" in recording.note
    assert recording.date == TODAY


@pytest.mark.parametrize("kind", KINDS)
async def test_no_secret_and_no_account_is_in_the_file(tmp_path, installed, cloud, kind):
    path = await record(order(tmp_path, cloud.url, *KINDS[kind]))
    text = path.read_text()
    for secret in (KEY, ACCOUNT, COOKIE, "req_0000", "0a1b2c3d4e", "chat-0123456789"):
        assert secret not in text
    assert not {"authorization", "x-api-key", "set-cookie", "token="} & set(text.lower().split('"'))
    assert "127.0.0.1" not in text
    assert cloud.received[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_a_websocket_is_kept_message_by_message(recorded):
    recording = await recorded("websocket stt")
    exchange = recording.exchange
    assert (exchange.transport, exchange.method, exchange.status) == ("websocket", "GET", 101)
    assert exchange.path == "/api/v1/listen"
    assert exchange.headers == {"character-cost": "6", "x-request-id": "x-request-id-1"}
    said = [event for event in exchange.events if not isinstance(event, Await)]
    assert [getattr(event, "value", None) for event in said] == [
        {"type": "Begin", "account_id": "account_id-2", "token": "removed"},
        {"type": "Results", "text": "you are account_id-2", "request_id": "request_id-3"},
        {"type": "Metadata", "duration": 2.0},
        None,
    ]
    assert isinstance(said[-1], Close)
    assert said[-1].code == 1000
    waits = [event for event in exchange.events if isinstance(event, Await)]
    assert [wait.kind for wait in waits] == ["binary", "json"]
    assert waits[1].contains == {"type": "CloseStream"}
    times = [event.at_ms for event in exchange.events]
    assert times == sorted(times)
    assert times[-1] >= 1900  # it was sent as fast as it is spoken


async def test_the_clients_own_id_becomes_a_reference(recorded):
    recording = await recorded("websocket tts")
    waits = [event for event in recording.exchange.events if isinstance(event, Await)]
    assert [wait.contains["type"] for wait in waits] == ["Speak", "Flush"]
    said = [event for event in recording.exchange.events if isinstance(event, SendJson)]
    assert [event.value["context"] for event in said] == ["${context}", "${context}"]
    assert recording.expected.text == "Hello."
    assert "Hello" not in str(recording.exchange)


async def test_server_sent_events_are_kept_one_by_one(recorded):
    recording = await recorded("sse llm")
    exchange = recording.exchange
    assert (exchange.transport, exchange.method, exchange.status) == ("sse", "POST", 200)
    assert exchange.headers["content-type"] == "text/event-stream; charset=utf-8"
    first, *words, usage, done = exchange.events
    assert first.text == ": welcome\n\n"
    assert [json.loads(word.text.split("data: ")[1]) for word in words] == [
        {"id": "id-2", "org_id": "org_id-3", "delta": word}
        for word in ("say ", "“hello” ", "to ", "me ")
    ]
    assert all(word.text.startswith("event: delta\ndata: {") for word in words)
    assert usage == SendJson(usage.at_ms, {"usage": {"input_tokens": 9, "output_tokens": 4}})
    assert done.text == "data: [DONE]\n\n"
    assert recording.request.messages == (("user", "say “hello” to me"),)
    assert recording.expected.text == "say “hello” to me "


async def test_a_body_of_json_is_kept_whole_and_clean(recorded):
    recording = await recorded("http stt")
    (event,) = recording.exchange.events
    assert event.value == {
        "text": "hello",
        "duration": 2.0,
        "debug": "key removed of account-2",
        "account": "account-2",
    }


async def test_a_body_of_audio_is_kept_as_it_came(recorded):
    events = (await recorded("http tts")).exchange.events
    assert all(isinstance(event, SendBytes) for event in events)
    assert b"".join(event.data for event in events) == bytes(9600)


async def test_the_row_says_what_is_expected(recorded):
    recording = await recorded("websocket stt")
    assert recording.request.audio_seconds == 2
    assert recording.reported == recording.expected.units == {Unit.AUDIO_SECONDS: Decimal(2)}
    assert recording.expected.basis == "reported"
    assert recording.expected.verdict == "confirmed"
    assert recording.expected.cost_usd == Decimal("0.00016")
    assert recording.expected.text == "you are account_id-2"
