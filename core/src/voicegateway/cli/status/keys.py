"""Where a provider's key is from, in the order in which it is looked for."""

from __future__ import annotations

import os
from collections.abc import Iterator

from voicegateway.core.layers import Layers
from voicegateway.core.schema import ProviderEntry

__all__ = ["key_source"]


def key_source(layers: Layers, provider: str, variable: str | None) -> str | None:
    """For calls of the default project: `yaml`, `managed`, or the name of the plugin's variable;
    None if there is no key."""
    for source, entry in _sections(layers, provider):
        if entry is not None and entry.api_key is not None and entry.api_key.get_secret_value():
            return source
    return variable if variable and os.environ.get(variable) else None


def _sections(layers: Layers, provider: str) -> Iterator[tuple[str, ProviderEntry | None]]:
    name = layers.config.default_project
    own = layers.config.projects[name].providers.get(provider)
    yield ("managed" if layers.source("project", name) == "managed" else "yaml"), own
    yield "yaml", layers.yaml.config.providers.get(provider)
    yield "managed", layers.managed.providers.get(provider)
