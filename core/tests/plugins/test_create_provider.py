"""A provider with its settings, and what is shown of them when its hooks are traced."""

from __future__ import annotations

import logging
import re

import pytest
from livekit.agents import llm

from voicegateway.core.registry import create_provider, get_provider, use_registry
from voicegateway.types import Modality, ProviderSettings, Secret


@pytest.fixture
def echo(site, registry):
    """A provider whose language model holds the arguments it was made with."""
    module = """
        from voicegateway import hookimpl

        @hookimpl
        def create_llm(provider, model, settings, options):
            from livekit.agents import llm

            class Echo(llm.LLM):
                made_with = (provider, model, settings, options)

                def chat(self, **_): ...

            return Echo()

        @hookimpl
        def preload_provider():
            1 / 0
    """
    site.add("voicegw-acme", provider="acme", module=module)
    use_registry(registry)
    yield
    use_registry(None)


def test_create_provider_hands_over_the_settings(echo):
    made = create_provider("acme", {"api_key": "k" * 20, "base_url": "http://x", "region": "eu"})
    model = made.create(Modality.LLM, "m", options={"temperature": 0})
    provider, name, settings, options = model.made_with
    assert isinstance(model, llm.LLM)
    assert (provider, name, options) == ("acme", "m", {"temperature": 0})
    assert settings == ProviderSettings("acme", Secret("k" * 20), "http://x", {"region": "eu"})
    assert create_provider("acme").settings == ProviderSettings("acme")
    assert create_provider("acme", settings).settings is settings


@pytest.mark.parametrize(("value", "traced"), [("1", True), ("", False), ("0", False)])
def test_the_trace_shows_names_and_times_and_no_argument(
    echo, monkeypatch, caplog, capfd, value, traced
):
    monkeypatch.setenv("VOICEGW_TRACE_PLUGINS", value)
    canary = "canary-0123456789-canary"
    caplog.set_level(logging.DEBUG)

    made = create_provider("acme", {"api_key": canary, "token": canary})
    made.create(Modality.LLM, canary, options={"header": canary})

    messages = [r.getMessage() for r in caplog.records if r.name == "voicegateway.plugins"]
    if traced:
        (message,) = messages
        assert re.fullmatch(r"hook create_llm of provider acme took \d+\.\d{3} ms", message)
    else:
        assert messages == []
    shown = capfd.readouterr()
    assert canary not in caplog.text + shown.out + shown.err + repr(made) + str(made)


def test_a_failing_hook_is_traced_too(echo, monkeypatch, caplog):
    monkeypatch.setenv("VOICEGW_TRACE_PLUGINS", "1")
    with pytest.raises(ZeroDivisionError):
        get_provider("acme").preload()
    assert "hook preload_provider of provider acme took" in caplog.text
