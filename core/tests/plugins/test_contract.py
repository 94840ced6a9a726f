"""A plugin that breaks the contract is refused when it is loaded, with the mistake named."""

from __future__ import annotations

import pytest

from voicegateway.core.registry import PluginStatus
from voicegateway.errors import PluginError
from voicegateway.types import ProviderSettings

SETTINGS = ProviderSettings("acme")

REFUSED = {
    "misspelt hook": ("def create_sst(model): ...", "'create_sst'.*did you mean 'create_stt'"),
    "unheard-of hook": (
        "def zzzzzz(): ...",
        "'zzzzzz' that does not exist: there are .*create_llm",
    ),
    "misspelt argument": (
        "def create_stt(model, langauge): ...",
        "'create_stt' takes an argument 'langauge'.*did you mean 'language'",
    ),
    "misspelt beside a hook of a later core": (
        (
            "def a_later_one(new): ...\na_later_one.voicegw_impl['optionalhook'] = True\n"
            "@hookimpl\ndef create_stt(modle): ..."
        ),
        "'create_stt' takes an argument 'modle'.*did you mean 'model'",
    ),
    "argument of another hook": (
        "def create_llm(model, qqqq): ...",
        "'create_llm' takes an argument 'qqqq'.*there are model, options, provider, settings",
    ),
    "keyword-only": ("def create_llm(*, model): ...", "'create_llm'.*by keyword only.*'\\*'"),
    "async": ("async def create_llm(model): ...", "'create_llm' is async.*synchronous"),
    "async and wrapped": (
        "@functools.wraps(later)\ndef create_llm(*arguments): ...",
        "'create_llm' is async",
    ),
    "async generator": ("async def price_usage():\n    yield", "'price_usage' is async"),
    "async generator check": (
        "async def check_provider():\n    yield",
        "'check_provider' is async",
    ),
    "wrapper that does not yield": (
        "def create_llm(): ...\ncreate_llm.voicegw_impl['wrapper'] = True",
        "not a generator function",
    ),
}


@pytest.mark.parametrize(("hook", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_plugin_that_breaks_the_contract_is_refused_at_load(site, registry, hook, reason):
    head = "import functools\nfrom voicegateway import hookimpl\nasync def later(model): ...\n"
    site.add("voicegw-acme", "1.2", provider="acme", module=f"{head}@hookimpl\n{hook}\n")
    with pytest.raises(PluginError, match=rf"voicegw-acme 1\.2.*{reason}") as caught:
        registry.get("acme")
    assert "\n" not in str(caught.value)
    assert site.row(registry).status is PluginStatus.ERROR


def test_a_module_without_a_hook_is_refused(site, registry):
    site.add("voicegw-acme", provider="acme", module="def create_stt(model): ...")
    with pytest.raises(PluginError, match=r"no hook implementation.*@voicegateway\.hookimpl"):
        registry.get("acme")
    assert site.row(registry).status is PluginStatus.ERROR


def test_a_class_where_an_instance_belongs_is_refused(site, registry):
    module = """
        from voicegateway import hookimpl

        class Acme:
            @hookimpl
            def preload_provider(self): ...
    """
    site.add("voicegw-acme", provider={"acme": "voicegw_acme:Acme"}, module=module)
    with pytest.raises(PluginError, match="names a class: name an instance of it"):
        registry.get("acme")


def test_a_misspelt_argument_of_a_method_is_named(site, registry):
    module = """
        from voicegateway import hookimpl

        class Acme:
            @hookimpl
            def create_llm(self, modle): ...

        acme = Acme()
    """
    site.add("voicegw-acme", provider={"acme": "voicegw_acme:acme"}, module=module)
    with pytest.raises(PluginError, match=r"takes an argument 'modle'.*did you mean 'model'"):
        registry.get("acme")


def test_a_hook_takes_what_it_wants(site, registry):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            from voicegateway import hookimpl

            CACHE = {}

            @hookimpl(specname="default_options")
            def options(modality, provider="nobody", of_a_later_core=None, _cache=CACHE):
                return {"modality": modality, "provider": provider, "later": of_a_later_core}

            @hookimpl
            def preload_provider(*arguments, **keywords):
                CACHE.update(arguments=arguments, keywords=keywords)

            @hookimpl(optionalhook=True)
            def hook_of_a_later_core(): ...
        """,
    )
    provider = registry.get("acme")
    provider.preload()
    assert provider.default_options("stt") == {
        "modality": "stt",
        "provider": "acme",
        "later": None,
    }


def test_annotations_that_do_not_resolve_at_run_time_are_never_looked_at(site, registry):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            from typing import TYPE_CHECKING
            from voicegateway import hookimpl

            if TYPE_CHECKING:
                from nowhere import Mode

            @hookimpl
            def default_options(modality: "Mode") -> "Mode":
                return {"mode": str(modality)}
        """,
    )
    assert registry.get("acme").default_options("stt") == {"mode": "stt"}


def test_what_a_plugin_leaves_out_has_a_sound_default(site, registry):
    site.add(
        "voicegw-acme",
        "1.2",
        provider="acme",
        module="""
            from voicegateway import hookimpl

            @hookimpl
            def create_tts(): ...
        """,
    )
    provider = registry.get("acme")

    assert provider.modalities() == {"tts"}
    assert (provider.provider_info().title, provider.provider_info().modalities) == (
        "acme",
        {"tts"},
    )
    assert provider.price_usage("m", "tts", None, None) is None
    assert provider.validate_stream(None) is None
    assert provider.check_provider(SETTINGS) is None
    assert provider.read_usage_export("export.csv") is None
    assert provider.pull_usage_export(SETTINGS, None, None, None) is None
    assert provider.default_options("tts") == {}
    assert provider.model_bundles() == ()
    assert provider.preload() is None
    with pytest.raises(PluginError, match=r"'acme' has no STT: voicegw-acme 1\.2 offers TTS\.$"):
        provider.create_stt("m", None, SETTINGS, {})
