"""From a model string to LiveKit's object: settings, options and addresses."""

import pytest
from livekit.plugins import anthropic

import voicegw_anthropic
from voicegateway.types import ProviderSettings, Secret
from voicegw_anthropic.address import api_root

KEY = Secret("test-key-0123456789")


@pytest.fixture
async def create():
    made = []

    def create_llm(model="claude-haiku-4-5", base_url=None, options=None, **extra):
        settings = ProviderSettings("anthropic", KEY, base_url, extra)
        made.append(voicegw_anthropic.create_llm(model, settings, options or {}))
        return made[-1]

    yield create_llm
    for each in made:
        await each.aclose()


async def test_it_is_livekits_own_object(create):
    llm = create()
    assert isinstance(llm, anthropic.LLM)
    assert (llm.model, llm.provider) == ("claude-haiku-4-5", "api.anthropic.com")


async def test_options_win_over_the_config(create):
    llm = create(max_tokens=10, top_k=5, options={"max_tokens": 20})
    assert (llm._opts.max_tokens, llm._opts.top_k) == (20, 5)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("max_token", "max_tokens"),
        ("model", "part of the model string"),
        ("user", "no such field"),
        ("plan", "has no option 'plan'"),
    ],
)
async def test_what_cannot_be_given_is_refused(create, name, says):
    with pytest.raises(ValueError, match=says):
        create(options={name: "x"})


async def test_a_cache_that_there_is_not_is_refused(create):
    with pytest.raises(ValueError, match="caching"):
        create(caching="1h")


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234"),
        ("http://127.0.0.1:1234/", "http://127.0.0.1:1234"),
        ("https://proxy.example.com/claude/v1", "https://proxy.example.com/claude"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com"),
        ("wss://api.anthropic.com", "https://api.anthropic.com"),
        ("ws://127.0.0.1:1", "http://127.0.0.1:1"),
    ],
)
async def test_any_part_of_the_address_is_completed(create, given, root):
    assert api_root(given) == root
    assert str(create(base_url=given)._client.base_url).rstrip("/") == root


def test_the_plugin_says_what_it_is():
    info = voicegw_anthropic.provider_info()
    assert info.key_variable == "ANTHROPIC_API_KEY"
    assert "claude-haiku-5-5" in info.models
