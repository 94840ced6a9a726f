"""The three layers as one configuration: environment, YAML, managed rows of the store.

YAML wins over a managed row of the same id. It is checked by itself first, so it may not rely on
managed rows; those may use what YAML has. Nothing in a managed row is ever looked up in the
environment: whoever may write one must not be able to read the gateway's variables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voicegateway.core.config import LoadedConfig, check_references, validate
from voicegateway.core.crypto import Keyring, Salt, open_keyring
from voicegateway.core.faults import key_path
from voicegateway.core.resources import Entry, Kind, Resource, Source, entries, joined, put
from voicegateway.core.schema import GatewayConfig, Project
from voicegateway.errors import ConfigError
from voicegateway.storage.managed.rows import ManagedRow

__all__ = ["Layers", "ManagedResource", "merge", "opened", "unsealed"]


@dataclass(frozen=True, slots=True)
class ManagedResource:
    """A row of the store, decrypted."""

    row: ManagedRow
    settings: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layers:
    """The configuration that applies, and where each part of it is from."""

    config: GatewayConfig
    yaml: LoadedConfig
    managed: GatewayConfig
    """Managed rows alone, also those that YAML hides."""

    @property
    def path(self) -> Path | None:
        return self.yaml.path

    def source(self, kind: Kind, name: str) -> Source:
        if name in entries(self.yaml.config, kind):
            return "yaml"
        return "managed" if name in entries(self.managed, kind) else "default"

    def resources(self, kind: Kind) -> list[Resource]:
        """All of a kind that apply, sorted by id."""
        found: dict[str, Entry] = entries(self.config, kind)
        return [
            Resource(kind, name, self.source(kind, name), found[name]) for name in sorted(found)
        ]


def opened(rows: Iterable[ManagedRow], salt: Salt) -> list[ManagedResource]:
    """Rows of the store with their secrets. Raises `SecretError`."""
    found, keys = [], None
    for row in rows:
        settings = json.loads(row.body)
        if row.sealed is not None:
            keys = keys or open_keyring(salt)
            settings = joined(settings, unsealed(row, row.sealed, keys))
        found.append(ManagedResource(row, settings))
    return found


def unsealed(row: ManagedRow, sealed: str, keys: Keyring) -> dict[str, Any]:
    hidden: dict[str, Any] = json.loads(keys.decrypt(sealed, f"the managed {row.kind} {row.id!r}"))
    return hidden


def merge(yaml: LoadedConfig, managed: Iterable[ManagedResource]) -> Layers:
    """Raises `ConfigError` if the managed rows do not go with the YAML file (any longer)."""
    alone: dict[str, Any] = {}
    whole = dict(yaml.data)
    for one in managed:
        kind, name = one.row.kind, one.row.id
        put(alone, kind, name, one.settings)
        if name not in entries(yaml.config, kind):
            put(whole, kind, name, one.settings)
    config, rows = yaml.config, GatewayConfig()
    if alone:
        config, rows = _checked(whole), validate(alone)
        _require_no_usage_keys(rows)
    return Layers(_with_default_project(config), yaml, rows)


def _checked(data: Mapping[str, Any]) -> GatewayConfig:
    config = validate(data)
    check_references(config)
    return config


def _require_no_usage_keys(managed: GatewayConfig) -> None:
    """Whoever may write managed settings must not say where the key of an administrator goes."""
    for name, entry in managed.providers.items():
        if entry.usage_export is not None:
            path = key_path(("providers", name, "usage_export"))
            raise ConfigError(f"{path}: only the config file may have it")


def _with_default_project(config: GatewayConfig) -> GatewayConfig:
    name = config.default_project
    if name in config.projects:
        return config
    return config.model_copy(update={"projects": {**config.projects, name: Project()}})
