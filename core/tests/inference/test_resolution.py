"""Model strings: what each factory makes of them, and what it says of those it cannot."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit.agents import llm, stt, tts

from voicegateway import inference
from voicegateway.errors import ConfigError, ModelResolutionError
from voicegateway.inference._resolution import resolve_model, split_variant
from voicegateway.testing import FakeProvider
from voicegateway.testing.bench import plugin_bench


def test_split_at_the_first_slash(gateway):
    gateway()
    assert resolve_model("fake/nova-3") == ("fake", "nova-3")
    assert resolve_model("fake/org/model-7b") == ("fake", "org/model-7b")
    assert resolve_model("fake/qwen2.5:3b") == ("fake", "qwen2.5:3b")


@pytest.mark.parametrize(
    "wrong", ["", "   ", "nova-3", "/nova-3", "fake/", "fake/  ", "stranger/x"]
)
def test_what_names_no_model_says_what_is_installed(gateway, wrong):
    gateway()
    with pytest.raises(ModelResolutionError) as error:
        resolve_model(wrong)
    assert "fake" in str(error.value)
    assert isinstance(error.value, ValueError)


def test_an_unknown_provider_says_what_to_install(gateway):
    gateway()
    with pytest.raises(ModelResolutionError, match="pip install voicegw-stranger"):
        inference.STT("stranger/x")
    with pytest.raises(ModelResolutionError, match="Did you mean 'fake'"):
        inference.STT("fakee/x")


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_text_resolves_or_gives_one_clear_error(gateway, text):
    gateway()
    try:
        provider, model = resolve_model(text)
    except ModelResolutionError:
        return
    assert f"{provider}/{model}" == text
    assert model.strip()


@given(st.text(min_size=1))
def test_a_variant_is_what_follows_the_last_colon(text):
    model, variant = split_variant(text)
    if variant is not None:
        assert f"{model}:{variant}" == text
        assert ":" not in variant


def test_stt_language(gateway, asked):
    inference.STT("fake/nova-3:en")
    inference.STT("fake/nova-3:en", language="fr")
    inference.STT("fake/nova-3")
    assert [(a["model"], a["language"]) for a in asked] == [
        ("nova-3", "en"),
        ("nova-3", "fr"),
        ("nova-3", None),
    ]


def test_tts_voice_is_split_at_the_last_colon(gateway, asked):
    inference.TTS("fake/a:b:nova")
    inference.TTS("fake/sonic", voice="katie")
    assert [(a["model"], a["voice"]) for a in asked] == [("a:b", "nova"), ("sonic", "katie")]


def test_llm_keeps_its_colons(gateway, asked):
    inference.LLM("fake/qwen2.5:3b")
    assert asked[0]["model"] == "qwen2.5:3b"


def test_factories_return_native_objects(gateway):
    assert isinstance(inference.STT("fake/a"), stt.STT)
    assert isinstance(inference.LLM("fake/a"), llm.LLM)
    assert isinstance(inference.TTS("fake/a"), tts.TTS)
    assert type(inference.LLM("fake/a")).__name__ == "FakeLLM"


def test_options_reach_the_plugin(gateway, asked):
    inference.STT("fake/a", sample_rate=8000, extra_kwargs={"punctuate": True}, diarize=True)
    assert asked[0]["options"] == {"sample_rate": 8000, "punctuate": True, "diarize": True}


def test_livekits_not_given_is_not_given(gateway, asked):
    from livekit.agents import NOT_GIVEN

    inference.STT("fake/a", language=NOT_GIVEN, sample_rate=NOT_GIVEN, api_key=NOT_GIVEN)
    assert asked[0]["options"] == {}
    assert asked[0]["language"] is None


@pytest.mark.parametrize(
    ("factory", "argument"),
    [
        ("STT", "api_secret"),
        ("STT", "conn_options"),
        ("LLM", "provider"),
        ("LLM", "inference_class"),
        ("LLM", "prompt_cache_breakpoints"),
        ("TTS", "api_secret"),
        ("TTS", "conn_options"),
    ],
)
def test_arguments_that_mean_nothing_here_are_refused(gateway, factory, argument):
    with pytest.raises(TypeError, match=f"{argument}="):
        getattr(inference, factory)("fake/a", **{argument: "x"})


def test_keys_argument_before_project_before_provider_before_variable(gateway, asked, tmp_path):
    (tmp_path / "voicegw.yaml").write_text(
        "providers: {fake: {api_key: of-the-provider, region: eu}}\n"
        "projects: {acme: {providers: {fake: {api_key: of-the-project}}}}\n"
    )
    inference.reset_gateway()
    inference.LLM("fake/a", api_key="of-the-call", project="acme")
    inference.LLM("fake/a", project="acme")
    inference.LLM("fake/a")
    (tmp_path / "voicegw.yaml").unlink()
    inference.reset_gateway()
    inference.LLM("fake/a")
    keys = [a["settings"].api_key.reveal() for a in asked]
    assert keys == ["of-the-call", "of-the-project", "of-the-provider", "canary-key-0123456789"]
    assert [a["settings"].extra for a in asked[1:3]] == [{"region": "eu"}] * 2


def test_a_missing_key_is_an_error_at_the_factory(gateway, monkeypatch):
    monkeypatch.delenv("FAKE_API_KEY")
    with pytest.raises(ConfigError, match=r"'fake'.*'acme'.*FAKE_API_KEY"):
        inference.LLM("fake/a", project="acme")


def test_no_key_in_any_representation(gateway, asked):
    made = inference.LLM("fake/a")
    shown = f"{asked!r} {asked[0]['settings']} {vars(made)!r} {gateway().config!r}"
    assert "canary-key-0123456789" not in shown


def test_aliases_and_stacks(gateway, asked, tmp_path, install):
    (tmp_path / "voicegw.yaml").write_text(
        "models:\n"
        "  stt: {ear: {provider: fake, model: nova-3, language: de, options: {x: 1}}}\n"
        "  tts: {mouth: {provider: fake, model: sonic, voice: nova}}\n"
        "stacks:\n"
        "  premium: {stt: ear, llm: 'fake/parrot:1', tts: mouth}\n"
        "projects: {acme: {default_stack: premium}}\n"
    )
    inference.reset_gateway()
    models = inference.stack("premium")
    assert isinstance(models.llm, llm.LLM)
    assert [a["model"] for a in asked] == ["nova-3", "parrot:1", "sonic"]
    assert asked[0]["language"] == "de"
    assert asked[0]["options"] == {"x": 1}
    assert asked[2]["voice"] == "nova"
    assert inference.stack(project="acme")._fields == ("stt", "llm", "tts")
    with pytest.raises(ConfigError, match="Did you mean 'premium'"):
        inference.stack("premum")
    with pytest.raises(ConfigError, match="default_stack"):
        inference.stack()


def test_an_installed_stack(gateway, asked, install):
    source = "STACK = {'stt': 'fake/a', 'llm': 'fake/b', 'tts': 'fake/c'}"
    install(
        "voicegw-stacked",
        {"pack": "stack_module:STACK"},
        group="voicegw.stacks",
        stack_module=source,
    )
    inference.stack("pack")
    assert [a["model"] for a in asked] == ["a", "b", "c"]


def test_a_plugin_that_makes_the_wrong_thing(gateway, install):
    source = (
        "from voicegateway import hookimpl\n"
        "@hookimpl\ndef create_llm(model):\n    return object()\n"
    )
    install("voicegw-odd", {"odd": "odd_plugin"}, odd_plugin=source)
    inference.reset_gateway()
    from voicegateway.errors import PluginError

    with pytest.raises(PluginError, match=r"returned object in place of livekit.agents.llm.LLM"):
        inference.LLM("odd/x")


def test_without_cost_tracking_nothing_is_metered(gateway, tmp_path):
    from voicegateway.middleware.instrumented_provider import is_metered

    (tmp_path / "voicegw.yaml").write_text("cost_tracking: {enabled: false}\n")
    inference.reset_gateway()
    assert not is_metered(inference.LLM("fake/a"))
    assert gateway().storage is None


def test_preload_is_for_the_main_thread(gateway):
    import threading

    from voicegateway.errors import PluginError

    inference.preload()
    caught = []

    def work():
        try:
            inference.preload()
        except PluginError as error:
            caught.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "main thread" in caught[0]


def test_preload_loads_what_the_config_names(gateway, tmp_path, install):
    hook = "from voicegateway import hookimpl\nloaded = []\n"
    body = "@hookimpl\ndef preload_provider():\n    loaded.append(1)\n"
    install("voicegw-one", {"one": "plugin_one"}, plugin_one=hook + body)
    install("voicegw-two", {"two": "plugin_two"}, plugin_two=hook + body)
    (tmp_path / "voicegw.yaml").write_text("providers: {one: {}}\n")
    inference.reset_gateway()
    inference.preload()
    import sys

    assert sys.modules["plugin_one"].loaded == [1]
    assert "plugin_two" not in sys.modules


async def test_no_voice_activity_detector_is_a_value_of_its_own(tmp_path):
    with plugin_bench(tmp_path) as plugins:
        fake = FakeProvider()
        plugins.install("acme", fake)
        for arguments in ({}, {"vad": None}):
            with contextlib.suppress(ValueError, TypeError):
                inference.STT("acme/ear-1", **arguments)
        asked = [dict(one["options"]) for one in fake.asked_of("create_stt")]
    assert asked == [{}, {"vad": None}]
