"""Providers that are configured, installed, or both."""

from __future__ import annotations

from typing import Any

from voicegateway.cli.doctor.plugins import Survey
from voicegateway.cli.status.keys import key_source
from voicegateway.core.gateway import Gateway
from voicegateway.core.layers import Layers
from voicegateway.core.registry import PluginRecord
from voicegateway.core.schema import ProviderEntry

__all__ = ["providers"]


def providers(gateway: Gateway, layers: Layers, surveyed: Survey) -> list[dict[str, Any]]:
    """Sorted by id; without what is configured of them but whether they are on."""
    installed = {one.provider: one for one in gateway.registry.records()}
    configured = {one.id: one for one in layers.resources("provider")}
    rows = []
    for name in sorted({*installed, *configured}):
        resource = configured.get(name)
        entry = None if resource is None else resource.entry
        rows.append(
            {
                "id": name,
                "source": None if resource is None else resource.source,
                "enabled": entry.enabled if isinstance(entry, ProviderEntry) else True,
                **_plugin(installed.get(name), surveyed.broken.get(name)),
                **_key(name, layers, surveyed),
            }
        )
    return rows


def _plugin(record: PluginRecord | None, broken: str | None) -> dict[str, Any]:
    if record is None:
        return {"status": "missing", "distribution": None, "version": None, "error": None}
    return {
        "status": "error" if broken else record.status.value,
        "distribution": record.distribution,
        "version": record.version,
        "error": broken or record.error,
    }


def _key(name: str, layers: Layers, surveyed: Survey) -> dict[str, str | None]:
    """`key` is `present`, `missing`, `not needed`, or null where the plugin cannot say."""
    variable = surveyed.variables.get(name)
    source = key_source(layers, name, variable)
    key = "present" if source else "missing" if variable else None
    if key is None and name in surveyed.variables:
        key = "not needed"
    return {"key_variable": variable, "key": key, "key_source": source}
