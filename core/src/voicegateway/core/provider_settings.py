"""From the layers of a configuration to the settings that a provider's factory is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from voicegateway.core.faults import key_path
from voicegateway.core.layers import Layers
from voicegateway.core.resources import urls_in
from voicegateway.core.schema import ProviderEntry
from voicegateway.errors import ConfigError
from voicegateway.types import ProviderInfo, ProviderSettings, Secret

__all__ = ["managed_urls", "provider_settings"]


@dataclass(frozen=True, slots=True)
class _Place:
    """A section that says something of the provider."""

    entry: ProviderEntry
    managed: bool
    hidden: bool = False
    """By a YAML section of the same id: only its key counts."""


def provider_settings(
    layers: Layers,
    info: ProviderInfo,
    provider_id: str,
    project: str,
    *,
    api_key: str | None,
    base_url: str | None,
) -> ProviderSettings:
    """Raises `ConfigError` if a key is needed and there is none, or if a managed address would be
    sent a key that is not its own."""
    places = list(_places(layers, provider_id, project))
    key, owner = _key(places, info, api_key)
    if not key and info.key_variable:
        raise ConfigError(
            f"Provider {provider_id!r} has no API key for project {project!r}: set "
            f"{info.key_variable}, or api_key under {key_path(('providers', provider_id))} in the "
            "config."
        )
    shown = [place for place in places if not place.hidden]
    addressed = next((place for place in shown if place.entry.base_url), None)
    if base_url is None and addressed is not None:
        base_url = addressed.entry.base_url
        _require_own_key(provider_id, addressed, owner, given=bool(api_key) or not key)
    extra: dict[str, Any] = {}
    for place in reversed(shown):
        extra.update(place.entry.own_settings)
    return ProviderSettings(
        provider=provider_id, api_key=Secret(key) if key else None, base_url=base_url, extra=extra
    )


def managed_urls(layers: Layers, provider_id: str, project: str) -> list[str]:
    """The addresses among a provider's settings that somebody may have set who may not edit the
    config file."""
    shown = [place for place in _places(layers, provider_id, project) if not place.hidden]
    addressed = next((place for place in shown if place.entry.base_url), None)
    others = [url for place in shown if place.managed for url in urls_in(place.entry.own_settings)]
    if addressed is None or addressed.entry.base_url is None or not addressed.managed:
        return others
    return [addressed.entry.base_url, *others]


def _places(layers: Layers, provider_id: str, project: str) -> Iterable[_Place]:
    """The project's section before the general one, YAML's before the managed one."""
    own = layers.config.projects.get(project)
    sections: list[tuple[Mapping[str, ProviderEntry], bool]] = []
    if own is not None:
        sections.append((own.providers, layers.source("project", project) == "managed"))
    in_yaml = provider_id in layers.yaml.config.providers
    sections.append((layers.yaml.config.providers, False))
    for section, managed in sections:
        if provider_id in section:
            yield _Place(section[provider_id], managed)
    if provider_id in layers.managed.providers:
        yield _Place(layers.managed.providers[provider_id], managed=True, hidden=in_yaml)


def _key(
    places: Iterable[_Place], info: ProviderInfo, given: str | None
) -> tuple[str | None, _Place | None]:
    """The key, and the section that has it."""
    if given:
        return given, None
    for place in places:
        secret = place.entry.api_key
        if secret is not None and secret.get_secret_value():
            return secret.get_secret_value(), place
    return os.environ.get(info.key_variable) if info.key_variable else None, None


def _require_own_key(
    provider_id: str, addressed: _Place, owner: _Place | None, *, given: bool
) -> None:
    """Whoever may write managed settings must not have other keys sent where they like."""
    if addressed.managed and not given and (owner is None or not owner.managed):
        raise ConfigError(
            f"Provider {provider_id!r} has a managed base_url and no managed api_key: give it one, "
            "or set base_url in the config file, since no other key is sent there."
        )
