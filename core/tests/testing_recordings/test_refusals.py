"""The recorder says in one sentence why it does not record, and never the key."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from acme_cloud import ACCOUNT, KEY, AcmeCloud
from acme_orders import KINDS, order
from aiohttp import web

from voicegateway.testing import read_recording
from voicegateway.testing.recorder.__main__ import order_of
from voicegateway.testing.recorder.errors import RecorderError
from voicegateway.testing.recorder.session import record

pytestmark = pytest.mark.usefixtures("installed")


async def refusal(tmp_path, upstream, *asked):
    """Why it does not record; nothing is written."""
    with pytest.raises(RecorderError) as caught:
        await record(order(tmp_path, upstream, *asked))
    assert not (tmp_path / "recordings").exists()
    said = str(caught.value)
    assert KEY not in said
    return said


async def test_without_a_key_nothing_is_asked(tmp_path, monkeypatch, cloud):
    monkeypatch.delenv("ACME_API_KEY")
    said = await refusal(tmp_path, cloud.url, *KINDS["sse llm"])
    assert said == "ACME_API_KEY is not set: set it to a key of Acme."
    assert cloud.received == []


async def test_a_key_that_could_not_be_found_again_is_refused(tmp_path, monkeypatch, cloud):
    monkeypatch.setenv("ACME_API_KEY", "k3y")
    said = await refusal(tmp_path, cloud.url, *KINDS["sse llm"])
    assert "ACME_API_KEY is too short to be kept out of the file" in said
    assert cloud.received == []


async def test_the_upstream_must_be_given(tmp_path):
    said = await refusal(tmp_path, None, *KINDS["sse llm"])
    assert (
        "Where the vendor of 'acme' is is not known: give --upstream, or VOICEGW_UPSTREAM" in said
    )


async def test_the_upstream_may_stand_in_the_environment(tmp_path, monkeypatch, cloud):
    monkeypatch.setenv("VOICEGW_UPSTREAM", f"{cloud.url}/api")
    path = await record(order(tmp_path, None, *KINDS["sse llm"]))
    assert read_recording(path).exchange.path == "/api/v1/chat"


@pytest.mark.parametrize(
    "upstream", ["api.example.com", "ftp://a.example", "https://a.example/?k=1"]
)
async def test_an_upstream_that_is_no_address_is_refused(tmp_path, upstream):
    asked = order_of(
        ["acme/swift-1", "--modality", "stt", "--upstream", upstream, "-o", str(tmp_path / "r")]
    )
    with pytest.raises(RecorderError, match="The upstream must be an address such as"):
        await record(asked)


async def test_a_provider_that_is_not_installed_is_refused(tmp_path, cloud):
    said = await refusal(tmp_path, cloud.url, "acmee/tone-1", *KINDS["http tts"][1:])
    assert "No plugin for provider 'acmee' is installed" in said


async def test_a_provider_without_a_key_has_no_vendor(tmp_path, installed, cloud):
    (installed / "keyless_plugin.py").write_text(
        "from voicegateway import hookimpl\n\n@hookimpl\ndef create_llm(): ...\n"
    )
    (installed / "voicegw_acme-1.2.dist-info" / "entry_points.txt").write_text(
        "[voicegw.providers]\nkeyless = keyless_plugin\n"
    )
    said = await refusal(tmp_path, cloud.url, "keyless/tiny", *KINDS["sse llm"][1:])
    assert said == "The provider 'keyless' takes no key: it has no vendor to record."


async def test_a_failed_call_is_not_recorded(tmp_path, cloud):
    said = await refusal(tmp_path, f"{cloud.url}/nowhere", *KINDS["sse llm"])
    assert said == ("The call failed (APIStatusError): POST /nowhere/api/v1/chat was answered 404.")


@pytest.mark.parametrize("kind", ["sse llm", "websocket stt"])
async def test_a_refused_key_is_not_in_the_error(tmp_path, monkeypatch, cloud, kind):
    monkeypatch.setenv("ACME_API_KEY", "not-the-right-key")
    said = await refusal(tmp_path, cloud.url, *KINDS[kind])
    assert "was answered 401" in said
    assert "not-the-right-key" not in said


async def test_an_option_that_the_plugin_refuses_is_named(tmp_path, cloud):
    said = await refusal(tmp_path, cloud.url, *KINDS["http stt"], "--option", "punctate=true")
    assert "The call could not be made: " in said
    assert "'punctate'" in said


def test_an_option_that_is_a_secret_is_refused(tmp_path):
    with pytest.raises(RecorderError, match="'api_key' would put a secret into the file"):
        order(tmp_path, "https://a.example", *KINDS["http stt"], "--option", "api_key=abc")


class TwoRequests(AcmeCloud):
    """Its recordings cannot hold all that it is asked."""

    def add_routes(self, router):
        super().add_routes(router)
        router.add_get("/api/v1/voices", self.voices)

    async def voices(self, request):
        return web.json_response([])


@pytest.fixture
def curious(monkeypatch):
    """The plugin asks for the voices before it speaks."""
    import acme_models

    async def run(self, output_emitter):
        from livekit.agents.utils import http_context

        url = f"{self._tts.api.base}/v1/voices"
        async with http_context.http_session().get(url, headers=self._tts.api.headers):
            await speak(self, output_emitter)

    speak = acme_models.AcmeChunked._run
    monkeypatch.setattr(acme_models.AcmeChunked, "_run", run)


@pytest.mark.usefixtures("curious")
async def test_of_several_requests_one_must_be_named(tmp_path):
    async with TwoRequests() as cloud:
        said = await refusal(tmp_path, cloud.url, *KINDS["http tts"])
    assert "(requests: GET /api/v1/voices, POST /api/v1/speak)" in said


@pytest.mark.usefixtures("curious")
async def test_the_request_that_is_named_is_recorded(tmp_path):
    async with TwoRequests() as cloud:
        path = await record(
            order(tmp_path, cloud.url, *KINDS["http tts"], "--path", "/api/v1/speak")
        )
    assert read_recording(path).exchange.path == "/api/v1/speak"


class Leaking(AcmeCloud):
    async def speak(self, request):
        return web.Response(body=b"\x00\xff" + KEY.encode(), content_type="audio/pcm")


async def test_bytes_that_hold_the_key_are_not_written(tmp_path):
    async with Leaking() as cloud:
        said = await refusal(tmp_path, cloud.url, *KINDS["http tts"])
    assert said == "A key or token would be in the file, so it was not written."


class Templating(AcmeCloud):
    async def transcribe(self, request):
        return web.json_response({"text": "pay ${amount}", "duration": 2})


async def test_words_that_read_as_a_reference_are_refused(tmp_path):
    async with Templating() as cloud:
        said = await refusal(tmp_path, cloud.url, *KINDS["http stt"])
    assert "The vendor said '${amount}', which the format reads as a reference" in said


def wav(path: Path, *, rate=16_000, seconds=1.0, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * channels * int(rate * seconds)))
    return str(path)


async def test_the_audio_of_a_file_is_sent(tmp_path, cloud):
    audio = wav(tmp_path / "a.wav", seconds=0.51)
    path = await record(order(tmp_path, cloud.url, *KINDS["websocket stt"], "--audio", audio))
    recording = read_recording(path)
    assert str(recording.request.audio_seconds) == "0.51"
    assert recording.exchange.events[-2].value == {"type": "Metadata", "duration": 0.51}
    assert ACCOUNT not in path.read_text()


@pytest.mark.parametrize("shape", [{"rate": 8000}, {"channels": 2}, {"seconds": 0}])
async def test_audio_of_another_shape_is_refused(tmp_path, cloud, shape):
    audio = wav(tmp_path / "a.wav", **shape)
    said = await refusal(tmp_path, cloud.url, *KINDS["websocket stt"], "--audio", audio)
    assert said.endswith("a.wav must be mono, 16 bit and 16000 Hz.")


async def test_audio_that_cannot_be_read_is_refused(tmp_path, cloud):
    audio = tmp_path / "a.wav"
    audio.write_text("no sound")
    said = await refusal(tmp_path, cloud.url, *KINDS["websocket stt"], "--audio", str(audio))
    assert "a.wav cannot be read" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["swift-1", "--modality", "stt"], "write the model as PROVIDER/MODEL"),
        (["acme/tone-1", "--modality", "tts"], "--text is what an llm or a tts is asked"),
        (["acme/swift-1", "--modality", "stt", "--text", "a"], "--text is what an llm or a tts"),
        (["acme/p", "--modality", "llm", "--text", "a", "--audio", "b"], "--audio is for an stt"),
        (["acme/p", "--modality", "llm", "--text", "a", "--mode", "batch"], "the mode of an llm"),
        (["acme/swift-1", "--modality", "stt", "--option", "a"], "'a' is not NAME=VALUE"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(capsys, arguments, said):
    with pytest.raises(SystemExit) as left:
        order_of([*arguments, "-o", "folder"])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_options_are_json_or_text():
    options = ["--option", "rate=16000", "--option", "smart=true", "--option", "tier=eu-1"]
    asked = order_of(["acme/swift-1", "--modality", "stt", *options, "-o", "folder"])
    assert asked.options == {"rate": 16000, "smart": True, "tier": "eu-1"}
