"""From a model string to LiveKit's objects: settings, options and addresses."""

import pytest
from livekit.plugins import groq

import voicegw_groq
from voicegateway.types import ProviderSettings, Secret
from voicegw_groq.address import api_base

STT, LLM, TTS = "whisper-large-v3-turbo", "openai/gpt-oss-20b", "canopylabs/orpheus-v1-english"


@pytest.fixture
async def create():
    """`create("stt", {"prompt": "x"}, base_url=None, **config)`"""
    made = []

    def create_one(kind, options=None, base_url=None, **extra):
        settings = ProviderSettings("groq", Secret("test-key-0123456789"), base_url, extra)
        given = options or {}
        if kind == "llm":
            made.append(voicegw_groq.create_llm(LLM, settings, given))
        elif kind == "stt":
            made.append(voicegw_groq.create_stt(STT, None, settings, given))
        else:
            made.append(voicegw_groq.create_tts(TTS, None, settings, given))
        return made[-1]

    yield create_one
    for each in made:
        await each.aclose()


@pytest.mark.parametrize(
    ("kind", "native", "model"),
    [("stt", groq.STT, STT), ("llm", groq.LLM, LLM), ("tts", groq.TTS, TTS)],
)
async def test_they_are_livekits_own_objects(create, kind, native, model):
    made = create(kind)
    assert isinstance(made, native)
    assert made.model == model


async def test_options_win_over_the_config(create):
    llm = create("llm", {"temperature": 0.5}, temperature=0.1, top_p=0.9)
    assert (llm._opts.temperature, llm._opts.top_p) == (0.5, 0.9)


@pytest.mark.parametrize("kind", ["stt", "llm", "tts"])
async def test_the_config_is_one_for_all_three(create, kind):
    """What another of them takes is left to it."""
    create(kind, temperature=0.1, prompt="Names: Ada.", ask_duration=True)


@pytest.mark.parametrize("kind", ["stt", "llm", "tts"])
@pytest.mark.parametrize("given", ["option", "config"])
async def test_what_none_of_them_takes_is_refused(create, kind, given):
    with pytest.raises(ValueError, match="tempo"):
        create(kind, {"tempo": 1}) if given == "option" else create(kind, tempo=1)


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("llm", "temprature", "temperature"),
        ("stt", "promt", "prompt"),
        ("tts", "http_sesion", "http_session"),
        ("llm", "prompt", "no option 'prompt'"),
        ("llm", "ask_duration", "no option 'ask_duration'"),
        ("llm", "model", "part of the model string"),
        ("stt", "language", "behind the model"),
        ("tts", "voice", "behind the model"),
        ("tts", "base_url", "argument of the factory"),
    ],
)
async def test_an_option_that_cannot_be_given_is_refused(create, kind, name, says):
    with pytest.raises(ValueError, match=says):
        create(kind, {name: "x"})


async def test_ask_duration_is_true_or_false(create):
    with pytest.raises(ValueError, match="ask_duration"):
        create("stt", ask_duration="yes")


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234/openai/v1"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234/openai/v1"),
        ("https://api.groq.com/openai", "https://api.groq.com/openai/v1"),
        ("https://api.groq.com/openai/v1/", "https://api.groq.com/openai/v1"),
        ("https://proxy.example.com/v1", "https://proxy.example.com/v1"),
        ("https://proxy.example.com/groq", "https://proxy.example.com/groq/openai/v1"),
        ("wss://api.groq.com", "https://api.groq.com/openai/v1"),
        ("https://api.groq.com/openai/v1/audio/speech", "https://api.groq.com/openai/v1"),
        ("https://api.groq.com/openai/v1/chat/completions", "https://api.groq.com/openai/v1"),
    ],
)
async def test_any_part_of_the_address_is_completed(create, given, base):
    assert api_base(given) == base
    assert create("tts", base_url=given)._opts.base_url == base


async def test_all_three_go_to_the_address(create):
    base = "http://127.0.0.1:1/openai/v1/"
    for kind in ("llm", "stt"):
        assert str(create(kind, base_url="http://127.0.0.1:1")._client.base_url) == base


def test_the_plugin_says_what_it_is():
    info = voicegw_groq.provider_info()
    assert info.key_variable == "GROQ_API_KEY"
    assert {STT, LLM, TTS} <= set(info.models)
