"""`fallback=` of the factories, and the config's chains."""

from __future__ import annotations

import pytest
from livekit.agents import llm, stt, tts

from voicegateway import inference
from voicegateway.errors import ConfigError, ModelResolutionError
from voicegateway.middleware.fallback import LLMFallback, STTFallback, TTSFallback
from voicegateway.testing import (
    FakeLLM,
    FakeProvider,
    FakeSTT,
    FakeTTS,
    drain,
    plugin_bench,
    prompt,
)


@pytest.fixture
def installed(plugins):
    """Three providers, by id."""
    return install(plugins)


def install(bench):
    providers = {name: FakeProvider(title=name) for name in ("one", "two", "three")}
    for name, provider in providers.items():
        bench.install(name, provider)
    return providers


def names(model):
    return list(model.chain.names)


def test_without_a_chain_the_native_object_comes_back(installed):
    assert type(inference.LLM("one/x")) is FakeLLM
    assert type(inference.STT("one/x")) is FakeSTT
    assert type(inference.TTS("one/x", fallback=[])) is FakeTTS


@pytest.mark.parametrize(
    ("factory", "kind", "livekits"),
    [
        (inference.LLM, LLMFallback, llm.FallbackAdapter),
        (inference.STT, STTFallback, stt.FallbackAdapter),
        (inference.TTS, TTSFallback, tts.FallbackAdapter),
    ],
)
@pytest.mark.parametrize(
    "fallback", ["two/y", ["two/y"], {"model": "two/y"}, [{"model": "two/y", "extra_kwargs": {}}]]
)
def test_a_chain_is_livekits_adapter_over_metered_models(
    installed, factory, kind, livekits, fallback
):
    made = factory("one/x", fallback=fallback)
    assert type(made) is kind
    assert isinstance(made, livekits)
    assert names(made) == ["one/x", "two/y"]


def test_order_and_length_are_the_callers(installed):
    made = inference.LLM("one/x", fallback=["three/z", "two/y", "one/other:8b"])
    assert names(made) == ["one/x", "three/z", "two/y", "one/other:8b"]


def test_options_are_each_models_own(installed):
    inference.LLM(
        "one/x",
        fallback=[{"model": "two/y", "extra_kwargs": {"prompt_tokens": 3}}],
        cached_tokens=1,
    )
    (first,) = installed["one"].asked_of("create_llm")
    (second,) = installed["two"].asked_of("create_llm")
    assert (first["options"], second["options"]) == ({"cached_tokens": 1}, {"prompt_tokens": 3})


def test_keys_and_addresses_stay_with_the_model_they_were_given_for(installed):
    inference.LLM("one/x", api_key="k", base_url="http://a", fallback="two/y")
    (first,) = installed["one"].asked_of("create_llm")
    (second,) = installed["two"].asked_of("create_llm")
    assert first["settings"].base_url == "http://a"
    assert (second["settings"].api_key, second["settings"].base_url) == (None, None)


@pytest.mark.parametrize(
    ("model", "language", "fallback", "expected"),
    [
        ("one/x:de", None, "two/y", "de"),
        ("one/x", "de", "two/y", "de"),
        ("one/x:de", None, "two/y:fr", "fr"),
        ("one/x", "de", {"model": "two/y", "language": "fr"}, "fr"),
        ("one/x", None, "two/y", None),
    ],
)
def test_the_language_goes_to_every_ear(installed, model, language, fallback, expected):
    inference.STT(model, language=language, fallback=fallback)
    (asked,) = installed["two"].asked_of("create_stt")
    assert (asked["model"], asked["language"]) == ("y", expected)


def test_a_voice_is_one_vendors_own(installed):
    inference.TTS("one/x:nova", fallback=["two/y", {"model": "three/z", "voice": "sol"}])
    assert installed["one"].asked_of("create_tts")[0]["voice"] == "nova"
    assert installed["two"].asked_of("create_tts")[0]["voice"] is None
    assert installed["three"].asked_of("create_tts")[0]["voice"] == "sol"


@pytest.mark.parametrize(
    "fallback", [3, [3], [{"voice": "x"}], {"model": "two/y", "voices": "x"}, object()]
)
def test_what_is_no_chain_is_refused(installed, fallback):
    with pytest.raises(TypeError, match="fallback"):
        inference.LLM("one/x", fallback=fallback)


def test_a_model_of_the_chain_that_does_not_exist_is_refused(installed):
    with pytest.raises(ModelResolutionError, match="nobody"):
        inference.LLM("one/x", fallback=["nobody/y"])


async def test_rows_have_the_factorys_project_and_session(plugins, installed):
    installed["one"].scripts[next(iter(installed["one"].scripts))] = {}
    model = inference.LLM("one/x", fails=1, fallback="two/y", project="p", session_id="s")
    await drain(model.chat(chat_ctx=prompt()))
    rows = await plugins.rows()
    assert [(r.project, r.session_id) for r in rows] == [("p", "s"), ("p", "s")]


# The config's chain

CONFIG = """
providers: {one: {}, two: {}, three: {}}
models:
  llm:
    smart: {provider: three, model: z}
fallbacks:
  llm: [one/x, two/y, smart]
  stt: [one/ear, two/ear]
"""


@pytest.fixture
def configured(tmp_path):
    with plugin_bench(tmp_path, CONFIG) as bench:
        install(bench)
        yield bench


@pytest.mark.parametrize(
    ("model", "chain"),
    [
        ("one/x", ["one/x", "two/y", "three/z"]),
        ("two/y", ["two/y", "three/z"]),
        ("one/other", ["one/other", "one/x", "two/y", "three/z"]),
    ],
)
def test_what_comes_after_a_model_in_the_configs_chain(configured, model, chain):
    assert names(inference.LLM(model)) == chain


@pytest.mark.parametrize("model", ["smart", "three/z"])
def test_the_last_of_the_chain_stands_alone(configured, model):
    assert type(inference.LLM(model)) is FakeLLM


def test_the_factorys_own_chain_wins_and_an_empty_one_means_none(configured):
    assert names(inference.LLM("one/x", fallback="smart")) == ["one/x", "three/z"]
    assert type(inference.LLM("one/x", fallback=[])) is FakeLLM


def test_a_language_is_no_other_model(configured):
    assert names(inference.STT("one/ear:de")) == ["one/ear", "two/ear"]


def test_each_kind_has_its_own(configured):
    assert type(inference.TTS("one/x")) is FakeTTS


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ("{llm: [nonsense]}", r"fallbacks\.llm\.0 is 'nonsense'"),
        ("{llm: one/x}", r"fallbacks\.llm"),
        ("{video: []}", r"fallbacks\.video"),
    ],
)
def test_a_chain_that_cannot_be_used_is_refused_at_load(tmp_path, section, where):
    with pytest.raises(ConfigError, match=where), plugin_bench(tmp_path, f"fallbacks: {section}"):
        pass
