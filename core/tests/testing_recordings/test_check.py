"""A plugin that does as it did then passes; every difference is named."""

from __future__ import annotations

import acme_plugin
import acme_recordings as kit
import pytest

from voicegateway.testing import LoopbackCloud, ReplayCloud, check_recording
from voicegateway.testing.recordings import RecordingError


async def complaint(tmp_path, content, name=None, **options):
    """What `check_recording` says of a recording."""
    with pytest.raises(AssertionError) as caught:
        await check_recording(kit.save(tmp_path, content, name), acme_plugin, **options)
    return str(caught.value)


@pytest.mark.parametrize("name", kit.ALL)
async def test_a_recording_passes(tmp_path, name):
    await check_recording(kit.save(tmp_path, kit.ALL[name], name), acme_plugin)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expected__text": "hello"}, "text: expected 'hello', came 'hello world'"),
        (
            {"expected__units": {"audio_seconds": "3"}, "reported": {"audio_seconds": "3"}},
            "units: expected audio_seconds 3, came audio_seconds 2.",
        ),
        ({"expected__basis": "measured"}, "basis: expected measured, came reported"),
        ({"expected__verdict": "mismatch"}, "verdict: expected mismatch, came confirmed"),
        (
            {"expected__cost_usd": "0.000160000001"},
            "cost_usd: expected 0.000160000001, came 0.00016",
        ),
        ({"expected__cost_usd": None}, "cost_usd: expected None, came 0.00016"),
    ],
)
async def test_what_differs_is_named_with_its_file(tmp_path, changes, said):
    text = await complaint(tmp_path, kit.changed(kit.STT_STREAM, **changes))
    assert text.startswith("acme_swift-1_stt_streaming_2026-11-22.json: ")
    assert said in text


async def test_everything_that_differs_is_named_at_once(tmp_path):
    changes = {"expected__text": "goodbye", "expected__cost_usd": "1"}
    text = await complaint(tmp_path, kit.changed(kit.STT_BATCH, **changes))
    assert "text: expected 'goodbye'" in text
    assert "cost_usd: expected 1, came 0.0000808" in text


async def test_speech_without_audio_fails(tmp_path):
    events = [kit.TTS_STREAM["exchange"]["events"][index] for index in (0, 3)]
    text = await complaint(tmp_path, kit.changed(kit.TTS_STREAM, exchange__events=events))
    assert "the call failed: APIError" in text


async def test_a_request_for_another_path_is_named(tmp_path):
    text = await complaint(tmp_path, kit.changed(kit.LLM_SSE, exchange__path="/v2/chat"))
    assert "the call failed: APIStatusError" in text
    assert "requests: expected POST /v2/chat, came POST /v1/chat" in text


async def test_a_plugin_that_asks_nobody_is_told_so(tmp_path):
    async with EmptyCloud() as other:
        text = await complaint(tmp_path, kit.LLM_SSE, base_url=lambda cloud: other.url)
    assert "the plugin asked for nothing" in text


class EmptyCloud(LoopbackCloud):
    def add_routes(self, router):
        """Nothing is served."""


async def test_a_message_that_never_came_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("voicegateway.testing.recordings.check._SECONDS", 0.5)
    wanted = {"kind": "json", "contains": {"type": "Finalize"}}
    content = kit.changed(kit.STT_STREAM, exchange__events__2__await=wanted)
    text = await complaint(tmp_path, content)
    assert "the call did not end within 0.5 s" in text
    assert "the client's next message: expected json with {'type': 'Finalize'}" in text
    assert "came 101 messages" in text  # 100 frames and what ends them


async def test_a_key_that_no_client_sent_is_named(tmp_path):
    said = {"context": "${context_id}", "audio": kit.PCM}
    content = kit.changed(kit.TTS_STREAM, exchange__events__2__json=said)
    assert "no client message had a key 'context_id'" in await complaint(tmp_path, content)


async def test_a_refusal_is_a_failed_call(tmp_path):
    text = await complaint(tmp_path, kit.changed(kit.STT_BATCH, exchange__status=503))
    assert "the call failed: APIStatusError" in text
    assert "503" in text


async def test_the_plugin_is_given_the_address_and_the_key(tmp_path):
    clouds: list[ReplayCloud] = []

    def address(cloud):
        clouds.append(cloud)
        return f"{cloud.url}/eu"

    content = kit.changed(kit.STT_STREAM, exchange__path="/eu/v1/listen")
    path = kit.save(tmp_path, content)
    await check_recording(path, acme_plugin, base_url=address, api_key="another-key-0123456789")
    (request,) = clouds[0].received
    assert request.headers["authorization"] == "Bearer another-key-0123456789"


async def test_the_plugin_is_asked_what_the_recording_says(tmp_path):
    seen = {}

    class Plugin:
        """As the vendor's, with an eye on what its factory is given."""

        price_usage = staticmethod(acme_plugin.price_usage)
        validate_stream = staticmethod(acme_plugin.validate_stream)

        @acme_plugin.hookimpl
        def create_stt(self, model, language, settings, options):
            seen.update(model=model, language=language, **options)
            return acme_plugin.create_stt(model, language, settings, options)

    await check_recording(kit.save(tmp_path, kit.STT_STREAM), Plugin())
    assert seen == {"model": "swift-1", "language": "en", "punctuate": True}


async def test_a_file_that_cannot_be_read_is_no_assertion(tmp_path):
    path = kit.save(tmp_path, kit.STT_BATCH, "acme.json")
    with pytest.raises(RecordingError, match="must be 'acme_swift-1_stt_batch"):
        await check_recording(path, acme_plugin)
