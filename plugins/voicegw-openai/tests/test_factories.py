"""What the factories make of options, settings and addresses; and whose connection is whose."""

import asyncio

import openai
import pytest
from livekit.plugins import openai as livekit_openai

import voicegw_openai
from voicegateway import inference
from voicegateway.authoring.counters import declared_terms
from voicegateway.testing import drain, prompt, retries
from voicegateway.types import ProviderSettings, Secret
from voicegw_openai.address import api_url
from voicegw_openai.clients import tls_context


def settings(base_url=None, **extra):
    return ProviderSettings("openai", Secret("sk-test-0123456789"), base_url, extra)


def language_model(options=None, model="gpt-4o-mini", **given):
    return voicegw_openai.create_llm(model, settings(**given), options or {})


@pytest.mark.parametrize(
    ("given", "completed"),
    [
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234/v1"),
        ("ws://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("wss://eu.api.openai.com", "https://eu.api.openai.com/v1"),
        ("https://example.com/openai/v1/", "https://example.com/openai/v1"),
    ],
)
def test_an_address_is_completed(given, completed):
    assert api_url(settings(given)) == completed


@pytest.mark.parametrize("given", ["api.openai.com", "ftp://example.com", "http://"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ValueError, match="base_url"):
        api_url(settings(given))


async def test_the_variable_is_an_address_too(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1234")
    llm = language_model()
    assert str(llm._client.base_url) == "http://127.0.0.1:1234/v1/"
    socket = language_model({"api": "responses"})
    assert socket.provider == "127.0.0.1:1234"
    assert str(socket._ws._base_url).startswith("ws://127.0.0.1:1234/v1/responses")
    await llm.aclose()
    await socket.aclose()


async def test_without_an_address_it_is_openai(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    for made in (language_model(), language_model({"api": "responses"})):
        assert made.provider == "api.openai.com"
        await made.aclose()


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, livekit_openai.LLM),
        ({"api": "chat"}, livekit_openai.LLM),
        ({"api": "responses"}, livekit_openai.responses.LLM),
        ({"api": "responses", "use_websocket": False}, livekit_openai.responses.LLM),
    ],
)
async def test_the_api_selects_the_class(options, kind):
    made = language_model(options)
    assert isinstance(made, kind)
    await made.aclose()


async def test_the_config_may_select_it_and_the_caller_wins():
    chosen = language_model(api="responses")
    assert isinstance(chosen, livekit_openai.responses.LLM)
    other = language_model({"api": "chat"}, api="responses")
    assert isinstance(other, livekit_openai.LLM)
    await chosen.aclose()
    await other.aclose()


def test_an_api_that_does_not_exist_is_refused_naming_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'responses'"):
        language_model({"api": "response"})


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"temperture": 0}, "did you mean 'temperature'"),
        ({"model": "gpt-5"}, "it is part of the model string"),
        ({"base_url": "http://127.0.0.1"}, "base_url in the config"),
        ({"_provider_fmt": "openai"}, "LiveKit's own"),
        ({"reasoning": {}}, "no option 'reasoning'"),
    ],
)
def test_options_that_cannot_be_are_refused(options, hint):
    with pytest.raises(ValueError, match=hint):
        language_model(options)


async def test_settings_of_one_modality_leave_the_others_alone():
    """The config has one entry for all three."""
    shared = settings(service_tier="flex", noise_reduction_type="near_field", speed=1.2)
    stt = voicegw_openai.create_stt("whisper-1", None, shared, {})
    llm = voicegw_openai.create_llm("gpt-4o-mini", shared, {})
    tts = voicegw_openai.create_tts("tts-1", None, shared, {})
    assert llm._opts.service_tier == "flex"
    assert tts._opts.speed == 1.2
    for made in (stt, llm, tts):
        await made.aclose()


def test_a_setting_that_nobody_takes_is_refused():
    with pytest.raises(ValueError, match="no option 'sped'"):
        voicegw_openai.create_tts("tts-1", None, settings(sped=2), {})
    with pytest.raises(ValueError, match="no option 'sped'"):
        language_model(sped=2)


@pytest.mark.parametrize(
    ("model", "options", "mode"),
    [
        ("gpt-4o-transcribe", {}, None),
        ("gpt-4o-transcribe", {"use_realtime": True}, "realtime"),
        ("gpt-realtime-whisper", {"vad": None}, "realtime"),
    ],
)
async def test_realtime_is_declared(model, options, mode):
    made = voicegw_openai.create_stt(model, None, settings(), options)
    assert declared_terms(made).mode == mode
    await made.aclose()


@pytest.mark.parametrize(
    ("address", "addons"),
    [
        (None, set()),
        ("https://api.openai.com/v1", set()),
        ("https://eu.api.openai.com/v1", {"data_residency"}),
        ("https://us.api.openai.com", {"data_residency"}),
        ("https://eu.api.openai.com.example.com", set()),
    ],
)
async def test_a_regional_endpoint_is_declared(address, addons):
    stt = voicegw_openai.create_stt("whisper-1", None, settings(address), {})
    tts = voicegw_openai.create_tts("tts-1", None, settings(address), {})
    for made in (stt, tts, language_model(base_url=address)):
        assert declared_terms(made).addons == addons
        await made.aclose()


async def test_a_tier_that_is_asked_for_is_declared():
    for tier, declared in (("priority", "priority"), ("auto", None)):
        made = language_model({"service_tier": tier})
        assert declared_terms(made).service_tier == declared
        await made.aclose()


async def test_certificates_are_read_once():
    assert tls_context() is tls_context()
    first, second = language_model(), language_model()
    assert first._client._client is not second._client._client
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize("kind", ["LLM", "STT", "TTS"])
async def test_closing_one_object_closes_its_client_and_no_others(bench, at, kind):
    model = {"LLM": "gpt-4o-mini", "STT": "whisper-1", "TTS": "tts-1"}[kind]
    one, other = (getattr(inference, kind)(f"openai/{model}", **at) for _ in range(2))
    await one.aclose()
    assert one._client.is_closed()
    assert not other._client.is_closed()
    await other.aclose()


async def test_closing_one_leaves_another_at_work(bench, cloud, at):
    one, other = (inference.LLM("openai/gpt-4o-mini", **at) for _ in range(2))
    cloud.pause = 0.01
    answering = asyncio.create_task(drain(other.chat(chat_ctx=prompt(), conn_options=retries(0))))
    await asyncio.sleep(0.03)
    await one.aclose()
    assert await answering > 0
    await other.aclose()


async def test_a_client_of_the_callers_is_used_watched_and_left_open(bench, cloud, at):
    async with openai.AsyncClient(
        api_key=cloud.key, base_url=f"{cloud.url}/v1", max_retries=0
    ) as client:
        create = client.chat.completions.create
        cloud.details = {"audio_tokens": 5}
        llm = inference.LLM("openai/gpt-audio", api_key=cloud.key, client=client)
        await drain(llm.chat(chat_ctx=prompt(), conn_options=retries(0)))
        await llm.aclose()
        assert not client.is_closed()
        assert client.chat.completions.create == create  # it was not touched
    (row,) = await bench.rows()
    assert row.units["input_audio_tokens"] == 5


async def test_a_time_limit_and_retries_of_the_client_are_the_callers():
    limit = openai.Timeout(3.0)
    llm = language_model({"timeout": limit, "max_retries": 2})
    assert llm._client._client.timeout == limit
    assert llm._client.max_retries == 2
    await llm.aclose()
