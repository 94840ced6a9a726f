"""The hooks themselves: there, synchronous, and true about the provider."""

from __future__ import annotations

import inspect
import re
from typing import Any

from voicegateway.testing.bench import PluginBench
from voicegateway.testing.providers.subject import Subject
from voicegateway.types import Modality, ProviderInfo

__all__ = ["ContractTests"]

_MAY_BE_ASYNC = "check_provider"


class ContractTests(Subject):
    def info(self, bench: PluginBench) -> ProviderInfo:
        return self.loaded(bench).provider_info()

    def test_the_plugin_keeps_the_hook_contract(self, installed: PluginBench) -> None:
        """Misspelt hooks, unknown arguments and plugins without a hook are refused at load."""
        assert self.loaded(installed).implements(f"create_{self.modality}"), (
            f"the plugin of {self.provider!r} has no create_{self.modality}"
        )

    def test_hooks_are_synchronous(self, installed: PluginBench) -> None:
        hooks = self.loaded(installed).manager.hook
        for name, caller in vars(hooks).items():
            for implementation in caller.get_hookimpls() if name[:1] != "_" else ():
                function: Any = inspect.unwrap(implementation.function)
                assert name == _MAY_BE_ASYNC or not inspect.iscoroutinefunction(function), (
                    f"the hook {name} is async: hooks are synchronous, only check_provider may wait"
                )

    def test_the_plugin_says_what_it_is(self, installed: PluginBench) -> None:
        assert self.loaded(installed).implements("provider_info"), (
            "implement provider_info: `voicegw plugins list` and the dashboard show it"
        )
        info = self.info(installed)
        assert info.title.strip(), "provider_info has no title"
        assert info.docs_url.startswith("https://"), "provider_info has no docs_url (https://...)"

    def test_the_modalities_it_names_are_those_it_makes(self, installed: PluginBench) -> None:
        made = self.loaded(installed).modalities()
        named = self.info(installed).modalities
        assert named == made, (
            f"provider_info names {_words(named)}, and the hooks make {_words(made)}"
        )

    def test_a_provider_with_a_cloud_names_its_key_variable(self, installed: PluginBench) -> None:
        info = self.info(installed)
        if info.local:
            assert info.key_variable is None, "a local provider needs no key: key_variable is None"
        else:
            named = re.fullmatch("[A-Z][A-Z0-9_]*", info.key_variable or "")
            assert named is not None, (
                f"provider_info.key_variable is {info.key_variable!r}: name the environment "
                "variable of the key, or set local=True"
            )

    def test_preloading_works(self, installed: PluginBench) -> None:
        self.loaded(installed).preload()


def _words(modalities: frozenset[Modality]) -> str:
    return ", ".join(sorted(modalities)) or "nothing"
