"""What the listing says of a plugin, and what asking for its provider does."""

from __future__ import annotations

import sys

import pytest

from voicegateway.core.registry import PluginStatus, Registry
from voicegateway.errors import (
    PluginError,
    ProviderConflictError,
    ProviderDisabledError,
    ProviderNotFoundError,
)


def test_an_installed_plugin_is_available_until_it_is_asked_for(site, registry):
    site.add("voicegw-acme", "1.2", provider="acme")

    row = site.row(registry)

    assert (row.provider, row.status) == ("acme", PluginStatus.AVAILABLE)
    assert (row.distribution, row.version) == ("voicegw-acme", "1.2")
    assert (row.entry_point, row.origin, row.error) == ("voicegw_acme", None, None)
    assert "acme" in registry.installed()
    assert "voicegw_acme" not in sys.modules

    provider = registry.get("acme")

    assert (provider.id, provider.distribution, provider.version) == ("acme", "voicegw-acme", "1.2")
    assert provider.provider_info().title == "I am acme"
    assert registry.get("acme") is provider
    assert site.row(registry).status is PluginStatus.LOADED


def test_an_unknown_provider_names_what_is_installed_and_the_nearest(site, registry):
    site.add("voicegw-acme", provider="acme")
    with pytest.raises(ProviderNotFoundError, match=r"'acmee'.*acme.*Did you mean 'acme'"):
        registry.get("acmee")
    with pytest.raises(ProviderNotFoundError, match=r"pip install voicegw-zzz-9$"):
        registry.get("zzz_9")


@pytest.mark.parametrize(
    "name", ["acme", "voicegw-acme", "voicegw_acme", "VoiceGW.Acme", "voicegw--acme"]
)
def test_a_disabled_plugin_is_listed_and_never_imported(site, name):
    site.add("voicegw-acme", provider="acme", module="raise RuntimeError('imported')")
    registry = Registry(disabled=[name])

    assert site.row(registry).status is PluginStatus.DISABLED
    assert "acme" not in registry.installed()
    with pytest.raises(ProviderDisabledError, match=r"voicegw-acme 1\.0.*plugins\.disabled"):
        registry.get("acme")
    assert "voicegw_acme" not in sys.modules


def test_two_distributions_that_claim_one_id_are_a_conflict(site, registry):
    site.add("voicegw-acme", "1.2", provider="acme")
    site.add("acme-speech", "0.3", provider="acme")
    site.add("voicegw-other", provider="other")

    rows = site.rows(registry)

    assert [(r.provider, r.distribution, r.status) for r in rows] == [
        ("acme", "acme-speech", PluginStatus.CONFLICT),
        ("acme", "voicegw-acme", PluginStatus.CONFLICT),
        ("other", "voicegw-other", PluginStatus.AVAILABLE),
    ]
    with pytest.raises(ProviderConflictError) as caught:
        registry.get("acme")
    for part in ("'acme'", "voicegw-acme 1.2", "acme-speech 0.3", "plugins.disabled"):
        assert part in str(caught.value)
    assert {r.error for r in rows[:2]} == {str(caught.value)}
    assert "acme" not in registry.installed()
    assert registry.get("other").id == "other"


@pytest.mark.parametrize("name", ["acme-speech", "Acme_Speech", "acme.speech"])
def test_disabling_one_distribution_settles_a_conflict(site, name):
    site.add("voicegw-acme", "1.2", provider="acme")
    site.add("acme-speech", "0.3", provider="acme")
    registry = Registry(disabled=[name])

    assert registry.get("acme").distribution == "voicegw-acme"
    assert [r.status for r in site.rows(registry)] == [PluginStatus.DISABLED, PluginStatus.LOADED]


def test_disabling_the_id_disables_every_claim_to_it(site):
    site.add("voicegw-acme", "1.2", provider="acme")
    site.add("acme-speech", "0.3", provider="acme")
    registry = Registry(disabled=["acme"])

    assert {r.status for r in site.rows(registry)} == {PluginStatus.DISABLED}
    with pytest.raises(ProviderDisabledError, match=r"acme-speech 0\.3, voicegw-acme 1\.2"):
        registry.get("acme")


def test_three_claims_are_all_named(site, registry):
    for distribution in ("one", "two", "three"):
        site.add(distribution, provider="acme")
    with pytest.raises(ProviderConflictError, match=r"one 1\.0 and three 1\.0 and two 1\.0"):
        registry.get("acme")


def test_a_second_copy_of_a_distribution_is_shadowed_and_no_conflict(make_site, registry):
    first, second = make_site("first"), make_site("second")
    first.add("voicegw-acme", "2.0", provider="acme")
    second.add("Voicegw_Acme", "1.0", provider="acme")
    second.installed.add("voicegw-acme")

    assert second.row(registry).version == "2.0"
    assert registry.get("acme").version == "2.0"
    assert sys.modules["voicegw_acme"].__file__ == str(first.folder / "voicegw_acme.py")


def test_a_first_copy_without_the_entry_point_shadows_too(make_site, registry):
    """An import would reach the first copy, so what the second one offers does not exist."""
    first, second = make_site("first"), make_site("second")
    first.add("voicegw-acme", "2.0")
    second.add("voicegw-acme", "1.0", provider="acme")
    assert second.rows(registry) == []


def test_one_module_serves_two_ids_and_each_is_asked_for_itself(site, registry):
    site.add("voicegw-twins", provider={"castor": "voicegw_twins", "pollux": "voicegw_twins"})

    titles = [registry.get(name).provider_info().title for name in ("castor", "pollux")]

    assert titles == ["I am castor", "I am pollux"]
    assert [row.status for row in site.rows(registry)] == [PluginStatus.LOADED] * 2


def test_one_of_two_ids_can_be_disabled(site):
    site.add("voicegw-twins", provider={"castor": "voicegw_twins", "pollux": "voicegw_twins"})
    registry = Registry(disabled=["castor"])
    assert registry.get("pollux").id == "pollux"
    with pytest.raises(ProviderDisabledError):
        registry.get("castor")


def test_an_entry_point_may_name_an_object(site, registry):
    site.add(
        "voicegw-acme",
        provider={"acme": "voicegw_acme:plugins.acme", "bare": "voicegw_acme:Static"},
        module="""
            from types import SimpleNamespace
            from voicegateway import hookimpl
            from voicegateway.types import ProviderInfo

            class Acme:
                title = "An instance"

                @hookimpl
                def provider_info(self, provider):
                    return ProviderInfo(f"{self.title}: {provider}", frozenset())

            class Static:
                @staticmethod
                @hookimpl
                def provider_info(provider):
                    return ProviderInfo(f"A namespace: {provider}", frozenset())

            plugins = SimpleNamespace(acme=Acme())
        """,
    )
    assert registry.get("acme").provider_info().title == "An instance: acme"
    assert registry.get("bare").provider_info().title == "A namespace: bare"


def test_a_broken_plugin_breaks_only_itself(site, registry):
    site.add("voicegw-broken", provider="broken", module="import no_such_module")
    site.add("voicegw-sound", provider="sound")
    with pytest.raises(PluginError):
        registry.get("broken")
    assert registry.get("sound").id == "sound"
    assert [r.status for r in site.rows(registry)] == [PluginStatus.ERROR, PluginStatus.LOADED]
