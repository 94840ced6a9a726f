"""Where the server is, what can be configured, and `voicegw doctor`."""

import re

import pytest

from voicegateway.core.provider import Provider, load_plugin
from voicegateway.types import Modality, ProviderSettings, Secret
from voicegw_local import ollama
from voicegw_local.ollama.address import server_address, shown


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu-box:8080/", "http://gpu-box:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::]:8080", "http://[::1]:8080"),
        ("[::1]", "http://[::1]:11434"),
        ("https://ollama.example.com", "https://ollama.example.com"),
        ("http://host/behind/a/proxy/", "http://host/behind/a/proxy"),
        ("http://me:pass@host:1", "http://me:pass@host:1"),
    ],
)
def test_addresses(given, address, monkeypatch):
    assert server_address(given) == address
    monkeypatch.setenv("OLLAMA_HOST", given or "")
    assert server_address(None) == address


def test_the_config_wins_over_the_variable(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "elsewhere")
    assert server_address("http://here:1") == "http://here:1"
    assert shown("http://me:pass@host:1/x") == "http://host:1/x"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("ftp://host", "neither http:// nor https://"),
        ("host:port", "base_url"),
        ("http://host:11434/v1", "without /v1"),
    ],
)
def test_what_is_no_address(given, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        server_address(given)


def make(settings=None, **options):
    return ollama.create_llm("m", settings or ProviderSettings("ollama"), options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"num_cxt": 1}, "did you mean 'num_ctx'"),
        ({"num_ctx": "4096"}, "must be a whole number, not str"),
        ({"num_ctx": None}, "must be a whole number, not NoneType"),
        ({"keep_alive": "300"}, "must be a time such as 30m"),
        ({"keep_alive": "soon"}, "must be a time such as 30m"),
        ({"think": "much"}, "must be true, false or one of low"),
        ({"top_p": 2}, "must be at most 1"),
    ],
)
def test_a_wrong_option(options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make(**options)


@pytest.mark.parametrize("keep_alive", ["1h30m", "90s", "-1m", 300, -1, 0])
def test_keep_alive(keep_alive):
    assert make(keep_alive=keep_alive)._options.keep_alive == keep_alive


def test_a_key_means_nothing_here():
    with pytest.raises(ValueError, match="take api_key out of its settings"):
        make(ProviderSettings("ollama", api_key=Secret("sk-1")))


def test_the_contract():
    provider = Provider("ollama", "voicegw-local", "0", load_plugin("ollama", ollama))
    info = provider.provider_info()
    assert (info.local, info.key_variable, info.modalities) == (True, None, {Modality.LLM})
    assert provider.modalities() == {Modality.LLM}


async def test_check(server):
    found = await ollama.check_provider(ProviderSettings("ollama", base_url=server.address))
    assert found.ok
    assert found.detail == f"Ollama 0.9.3 at {server.address}; models: qwen2.5:3b"
    assert found.latency_ms > 0


async def test_check_without_a_model(server):
    server.models = []
    found = await ollama.check_provider(ProviderSettings("ollama", base_url=server.address))
    assert not found.ok
    assert "ollama pull" in found.detail


async def test_check_without_a_server():
    found = await ollama.check_provider(ProviderSettings("ollama", base_url="http://127.0.0.1:1"))
    assert not found.ok
    assert "ollama serve" in found.detail


async def test_check_with_a_wrong_address():
    found = await ollama.check_provider(ProviderSettings("ollama", base_url="ftp://x"))
    assert not found.ok
    assert "neither http:// nor https://" in found.detail
