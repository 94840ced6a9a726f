"""Providers and plugins."""

from __future__ import annotations

from collections.abc import Iterable

from voicegateway.core.faults import key_path, nearest
from voicegateway.core.registry import PluginRecord, PluginStatus
from voicegateway.core.resources import Resource
from voicegateway.core.schema import ProviderEntry
from voicegateway.errors import ResourceNotFoundError
from voicegateway.operations.documents.resources import Plugin, Provider
from voicegateway.operations.source import Source

__all__ = ["ProviderReads"]


class ProviderReads(Source):
    """No plugin is imported for any of these. Raise `ConfigError`."""

    def plugins(self) -> list[Plugin]:
        """Every installed provider plugin and its state; a clash is one a distribution."""
        return [_plugin(record) for record in self.gateway.registry.records()]

    def providers(self) -> list[Provider]:
        """Those that are configured, installed, or both, sorted by id."""
        return self._providers(self.gateway.config_manager.list("provider"))

    def provider(self, provider_id: str) -> Provider:
        """Raises `ResourceNotFoundError`."""
        found = {one.id: one for one in self.providers()}
        if provider_id in found:
            return found[provider_id]
        raise ResourceNotFoundError(
            f"There is no provider {key_path([provider_id])}{nearest(provider_id, found) or '.'}",
            kind="provider",
        )

    def _providers(self, resources: Iterable[Resource]) -> list[Provider]:
        configured = {one.id: one for one in resources}
        installed: dict[str, PluginRecord] = {}
        for record in self.gateway.registry.records():
            if record.status is not PluginStatus.DISABLED or record.provider not in installed:
                installed[record.provider] = record
        return [
            _provider(name, configured.get(name), installed.get(name))
            for name in sorted({*configured, *installed})
        ]


def _provider(name: str, resource: Resource | None, record: PluginRecord | None) -> Provider:
    entry = None if resource is None else resource.entry
    turned_on = not isinstance(entry, ProviderEntry) or entry.enabled
    return Provider(
        id=name,
        source=None if resource is None else resource.source,
        enabled=turned_on and (record is None or record.status is not PluginStatus.DISABLED),
        status="missing" if record is None else record.status,
        distribution=None if record is None else record.distribution,
        version=None if record is None else record.version,
        error=None if record is None else record.error,
        settings={} if resource is None else resource.settings(),
    )


def _plugin(record: PluginRecord) -> Plugin:
    return Plugin(
        provider=record.provider,
        status=record.status,
        distribution=record.distribution,
        version=record.version,
        entry_point=record.entry_point,
        error=record.error,
    )
