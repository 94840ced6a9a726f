"""The cloud of a recording says what the vendor said, in order, to whoever asks."""

from __future__ import annotations

import asyncio
import json

import acme_recordings as kit
import aiohttp
import pytest

from voicegateway.testing import ReplayCloud
from voicegateway.testing.recordings.reading import parse_recording


def cloud_of(content):
    return ReplayCloud(parse_recording(json.dumps(content), "a.json"))


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


def speaking(*events):
    """A WebSocket that says these."""
    timed = [{"at_ms": 0, **event} for event in events]
    return kit.changed(kit.STT_STREAM, exchange__events=timed)


async def test_a_body_is_all_events_joined(session):
    async with cloud_of(kit.TTS_BATCH) as cloud:
        async with session.post(f"{cloud.url}/v1/speak", json={"text": "Hi."}) as response:
            assert response.status == 200
            assert response.headers["content-type"] == "audio/pcm"
            assert await response.read() == bytes(12800)
        assert cloud.messages == [{"text": "Hi."}]


async def test_a_form_is_taken(session):
    async with cloud_of(kit.STT_BATCH) as cloud:
        form = aiohttp.FormData({"model": "swift-1"})
        form.add_field("file", b"\xff\xfb" * 300_000, filename="a.wav")
        async with session.post(f"{cloud.url}/v1/transcribe", data=form) as response:
            assert await response.json() == {"text": "hello", "duration": 1.01}
        (body,) = cloud.messages
        assert b"\xff\xfb" * 300_000 in body


async def test_server_sent_events_come_as_they_were(session):
    async with cloud_of(kit.LLM_SSE) as cloud, session.post(f"{cloud.url}/v1/chat") as response:
        lines = (await response.text()).split("\n\n")
    assert lines == [
        'event: delta\ndata: {"id": "r1", "delta": "Hello"}',
        'data: {"id": "r1", "delta": " there."}',
        'data: {"usage": {"input_tokens": 11, "output_tokens": 3}}',
        "data: [DONE]",
        "",
    ]


@pytest.mark.parametrize("header", ["Authorization", "xi-api-key", "X-Anything"])
async def test_any_key_is_taken(session, header):
    async with cloud_of(kit.TTS_BATCH) as cloud:
        post = session.post(f"{cloud.url}/v1/speak", headers={header: "whatever"})
        async with post as response:
            assert response.status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/speak"), ("POST", "/v1/other")])
async def test_nothing_else_is_answered(session, method, path):
    async with cloud_of(kit.TTS_BATCH) as cloud:
        async with session.request(method, cloud.url + path) as response:
            assert response.status == 404
        assert [(one.method, one.path) for one in cloud.received] == [(method, path)]


async def test_an_error_is_played_with_its_status_and_body(session):
    content = kit.changed(kit.LLM_SSE, exchange__status=429)
    async with cloud_of(content) as cloud, session.post(f"{cloud.url}/v1/chat") as response:
        assert response.status == 429
        assert "Hello" in await response.text()


async def test_a_refused_websocket_is_played(session):
    body = {"at_ms": 0, "json": {"error": "no such model"}}
    content = kit.changed(kit.STT_STREAM, exchange__status=403, exchange__events=[body])
    async with cloud_of(content) as cloud:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(f"{cloud.ws_url}/v1/listen")
        assert caught.value.status == 403


async def test_a_websocket_waits_for_what_the_recording_waits_for(session):
    content = speaking(
        {"await": {"kind": "json", "contains": {"type": "Flush", "opts": {"a": 1}}}},
        {"json": {"type": "Flushed"}},
        {"await": {"kind": "binary"}},
        {"base64": "AAE="},
        {"await": {"kind": "text"}},
        {"text": "bye"},
        {"close": 4001},
    )
    async with cloud_of(content) as cloud, session.ws_connect(f"{cloud.url}/v1/listen") as ws:
        await ws.send_json({"type": "Flush", "opts": {"a": 2}})
        await ws.send_json({"type": "Speak", "text": "hi"})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ws.receive(), 0.05)
        assert cloud.waiting is not None
        await ws.send_json({"type": "Flush", "opts": {"a": 1, "b": 2}})
        assert await ws.receive_json() == {"type": "Flushed"}
        await ws.send_bytes(b"audio")
        assert await ws.receive_bytes() == b"\x00\x01"
        assert await ws.receive_str() == "bye"  # the first messages were texts, too
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        assert ws.close_code == 4001
        assert cloud.waiting is None
        assert cloud.messages[1:] == [
            {"type": "Speak", "text": "hi"},
            {"type": "Flush", "opts": {"a": 1, "b": 2}},
            b"audio",
        ]


async def test_a_message_answers_one_wait_only(session):
    waits = [{"await": {"kind": "binary"}}, {"json": 1}] * 2
    content = speaking(*waits)
    async with cloud_of(content) as cloud, session.ws_connect(f"{cloud.url}/v1/listen") as ws:
        await ws.send_bytes(b"one")
        assert await ws.receive_json() == 1
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ws.receive(), 0.05)
        await ws.send_bytes(b"two")
        assert await ws.receive_json() == 1


async def test_the_clients_values_are_put_in(session):
    content = speaking(
        {"await": {"kind": "json", "contains": {"go": True}}},
        {"json": {"id": "${id}", "name": ["<${name}>"], "count": "${count}", "${id}": 1}},
        {"text": "${id}/${name} $${id} ${not a name}"},
    )
    async with cloud_of(content) as cloud, session.ws_connect(f"{cloud.url}/v1/listen") as ws:
        await ws.send_json({"id": "old", "name": "Ann"})
        await ws.send_json({"id": "new", "session": {"count": 3, "id": "inner"}})
        await ws.send_json({"go": True})
        assert await ws.receive_json() == {
            "id": "new",
            "name": ["<Ann>"],
            "count": 3,
            "${id}": 1,
        }
        assert await ws.receive_str() == "new/Ann $new ${not a name}"


async def test_base64_is_sent_as_it_is(session):
    content = speaking({"base64": "JHtpZH0="})  # ${id}
    async with cloud_of(content) as cloud, session.ws_connect(f"{cloud.url}/v1/listen") as ws:
        assert await ws.receive_bytes() == b"${id}"


async def test_a_value_that_no_client_sent_ends_the_connection(session):
    async with cloud_of(speaking({"json": "${id}"})) as cloud:
        async with session.ws_connect(f"{cloud.url}/v1/listen") as ws:
            await ws.receive()
            assert ws.close_code == 1011
        assert cloud.trouble == "no client message had a key 'id'"


async def test_a_value_of_the_request_is_put_in_the_answer(session):
    events = [{"at_ms": 0, "json": {"id": "${id}"}}]
    async with cloud_of(kit.changed(kit.LLM_SSE, exchange__events=events)) as cloud:
        async with session.post(f"{cloud.url}/v1/chat", json={"id": "r7"}) as response:
            assert await response.text() == 'data: {"id": "r7"}\n\n'
        async with session.post(f"{cloud.url}/v1/chat", json={}) as response:
            assert response.status == 500


async def test_each_connection_is_played_the_whole(session):
    content = speaking({"await": {"kind": "binary"}}, {"json": 1})
    async with cloud_of(content) as cloud:
        for _ in range(2):
            async with session.ws_connect(f"{cloud.url}/v1/listen") as ws:
                await ws.send_bytes(b"a")
                assert await ws.receive_json() == 1


async def test_a_client_that_hangs_up_ends_the_play(session):
    content = speaking({"json": 1}, {"await": {"kind": "text"}}, {"json": 2})
    async with cloud_of(content) as cloud:
        async with session.ws_connect(f"{cloud.url}/v1/listen") as ws:
            assert await ws.receive_json() == 1
        assert cloud.trouble is None


async def test_long_pauses_are_not_played(session):
    events = [{"at_ms": ms, "text": "a"} for ms in (3_600_000, 7_200_000)]
    content = kit.changed(kit.LLM_SSE, exchange__events=events)
    async with cloud_of(content) as cloud, session.post(f"{cloud.url}/v1/chat") as response:
        assert await response.text() == "aa"
