"""The settings that a vendor's usage reports are fetched with."""

from __future__ import annotations

import os
from dataclasses import replace

from voicegateway.core.faults import key_path
from voicegateway.core.layers import Layers
from voicegateway.core.provider_settings import provider_settings
from voicegateway.core.schema import UsageExport
from voicegateway.errors import ConfigError
from voicegateway.types import ProviderInfo, ProviderSettings, Secret

__all__ = ["usage_settings"]


def usage_settings(layers: Layers, info: ProviderInfo, provider_id: str) -> ProviderSettings:
    """What `usage_export` in the config file says, with the key of it or of the plugin's variables;
    where neither is, and the plugin needs no other key for usage, the provider's usual settings.

    The usual `base_url` is never joined with a key of its own: it may be somebody else's server.
    Raises `ConfigError` if a key is needed and there is none."""
    entry = layers.yaml.config.providers.get(provider_id)
    section = (entry.usage_export if entry is not None else None) or UsageExport()
    extra, key = section.own_settings, _own_key(section, info)
    if key:
        return ProviderSettings(provider_id, Secret(key), section.base_url, extra)
    if info.usage_key_variables:
        raise ConfigError(
            f"Provider {provider_id!r} has no key that may read usage: set "
            f"{info.usage_key_variables[0]}, or api_key under "
            f"{key_path(('providers', provider_id, 'usage_export'))} in the config."
        )
    project = layers.config.default_project
    usual = provider_settings(
        layers, info, provider_id, project, api_key=None, base_url=section.base_url
    )
    return replace(usual, extra=extra)


def _own_key(section: UsageExport, info: ProviderInfo) -> str | None:
    if section.api_key is not None and section.api_key.get_secret_value():
        return section.api_key.get_secret_value()
    found = (os.environ.get(name) for name in info.usage_key_variables)
    return next(filter(None, found), None)
