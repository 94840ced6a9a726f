"""A provider's own cheap check."""

from __future__ import annotations

from typing import Final

from voicegateway.core.inspection import Claim, Task, ask
from voicegateway.errors import PluginError
from voicegateway.operations.documents.resources import ProviderTest
from voicegateway.operations.providers import ProviderReads

__all__ = ["ProviderTests"]

_SECONDS: Final = 20.0


class ProviderTests(ProviderReads):
    """Writes nothing to the ledger: a check is no request."""

    def test_provider(
        self, provider_id: str, *, project: str | None = None, seconds: float = _SECONDS
    ) -> ProviderTest:
        """Asks the vendor in a process of its own, with the key and address that calls of the
        project would have. Raises `ResourceNotFoundError` if nothing of this name is configured
        or installed."""
        self.provider(provider_id)
        with self.reading() as reader:
            self.require_project(reader, project)
        try:
            distribution = self._distribution(provider_id)
        except PluginError as error:
            return ProviderTest(ok=False, latency_ms=None, detail=str(error))
        path, config = self.gateway.config_path, self.gateway.config
        details = {
            "config": None if path is None else str(path),
            "project": project or config.default_project,
        }
        (answer,) = ask(Task.TEST, [Claim(provider_id, distribution)], seconds, details=details)
        if answer.trouble is not None or not answer.values:
            what = "said nothing" if answer.trouble is None else answer.trouble.what
            return ProviderTest(ok=False, latency_ms=None, detail=f"The plugin failed: {what}.")
        return ProviderTest.model_validate(answer.values[0])

    def _distribution(self, provider_id: str) -> str:
        """Of the one usable claim. Raises the `PluginError` that says why there is none."""
        registry = self.gateway.registry
        if provider_id in registry.installed():
            return next(
                one.distribution for one in registry.records() if one.provider == provider_id
            )
        return registry.get(provider_id).distribution
