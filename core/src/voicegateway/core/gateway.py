"""The one place that wires: configuration, registry, ledger and meter.

The factories share one instance (`voicegateway.inference.get_gateway()`); the CLI and the server
make their own, since they own their process.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from voicegateway.core.config import database_target, load_config
from voicegateway.core.engines import engine_factory
from voicegateway.core.registry import Registry
from voicegateway.core.schema import GatewayConfig, ProviderEntry
from voicegateway.errors import ConfigError, ProviderNotFoundError
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.types import ProviderSettings, Secret

if TYPE_CHECKING:
    from voicegateway.core.provider import Provider
    from voicegateway.middleware.admission import Admission
    from voicegateway.middleware.cost_tracker import CostTracker

__all__ = ["Gateway", "disabled_plugins"]


class Gateway:
    """A configured gateway. Opening it reads the config and touches neither network nor ledger.

    Raises `ConfigError` with one sentence if the configuration cannot be used.
    """

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        loaded = load_config(config_path)
        self.config: GatewayConfig = loaded.config
        self.config_path = loaded.path
        self.registry = Registry(disabled=disabled_plugins(loaded.config))

    @functools.cached_property
    def storage(self) -> Ledger | None:
        """The ledger; None where `cost_tracking.enabled` is false."""
        tracking = self.config.cost_tracking
        if not (tracking.enabled and self.config.observability.cost_tracking):
            return None
        target = database_target(tracking.db_path)
        return open_ledger(
            target,
            timezone=tracking.timezone,
            durability=tracking.durability,
            engine_factory=engine_factory(target),
        )

    @functools.cached_property
    def cost_tracker(self) -> CostTracker | None:
        """What the meter reports to; None where `cost_tracking.enabled` is false."""
        # Here, since it is the agent's process alone that meters.
        from voicegateway.middleware.cost_tracker import CostTracker

        if self.storage is None:
            return None
        self.storage.start()  # settles what a process that died has left open
        overrides = Overrides(list(_overrides(self.config)))
        tracker = CostTracker(self.storage, self._pricer, overrides.quote)
        self._watch(tracker)
        return tracker

    def _watch(self, tracker: CostTracker) -> None:
        from voicegateway.middleware.latency_monitor import LatencyMonitor  # as above
        from voicegateway.middleware.logger import log_request

        wanted = self.config.observability
        tracker.keeps_times = wanted.latency_tracking
        if wanted.latency_tracking:
            tracker.watchers.append(LatencyMonitor(self.config.latency.ttfb_warning_ms))
        if wanted.request_logging:
            tracker.watchers.append(log_request)

    @functools.cached_property
    def admission(self) -> Admission | None:
        """What every call must pass; None where there is neither a budget nor a limit, or nothing
        is tracked."""
        from voicegateway.core.admission import admission  # as above

        if self.storage is None or self.cost_tracker is None:
            return None
        return admission(self.config, self.storage, self.cost_tracker)

    def settings(
        self,
        provider_id: str,
        project: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
    ) -> ProviderSettings:
        """A provider's settings for a project. The key: the argument, the project's provider,
        the provider, the plugin's own variable. Raises `ConfigError` if one is needed and there
        is none."""
        info = self.registry.get(provider_id).provider_info()
        entries = self._entries(provider_id, project)
        key = api_key or _first(e.api_key.get_secret_value() for e in entries if e.api_key)
        if not key and info.key_variable:
            key = os.environ.get(info.key_variable)
        if not key and info.key_variable:
            raise ConfigError(
                f"Provider {provider_id!r} has no API key for project {project!r}: set "
                f"{info.key_variable}, or api_key under providers.{provider_id} in the config."
            )
        extra: dict[str, Any] = {}
        for entry in reversed(entries):
            extra.update(entry.own_settings)
        return ProviderSettings(
            provider=provider_id,
            api_key=Secret(key) if key else None,
            base_url=base_url or _first(e.base_url for e in entries if e.base_url),
            extra=extra,
        )

    def preload(self) -> None:
        """Load every provider that the config names, on the main thread, as LiveKit's plugins
        need. A config that names none loads all that are installed."""
        names = self._named_providers() or set(self.registry.installed())
        for name in sorted(names):
            self.registry.get(name).preload()

    def close(self) -> None:
        """Write what is queued and close the ledger."""
        if "storage" in self.__dict__ and self.storage is not None:
            self.storage.close()

    def _pricer(self, provider_id: str) -> Provider | None:
        try:
            return self.registry.get(provider_id)
        except ProviderNotFoundError:  # a model that `attach` found, whose plugin is not installed
            return None

    def _entries(self, provider_id: str, project: str) -> list[ProviderEntry]:
        """The project's entry before the general one."""
        own = self.config.projects.get(project)
        places: list[Mapping[str, ProviderEntry]] = [own.providers] if own is not None else []
        places.append(self.config.providers)
        return [place[provider_id] for place in places if provider_id in place]

    def _named_providers(self) -> set[str]:
        config = self.config
        names = {name for name, entry in config.providers.items() if entry.enabled}
        for aliases in (config.models.stt, config.models.llm, config.models.tts):
            names |= {alias.provider for alias in aliases.values()}
        for stack in config.stacks.values():
            legs = (stack.stt, stack.llm, stack.tts)
            names |= {leg.split("/", 1)[0] for leg in legs if "/" in leg}
        for project in config.projects.values():
            names |= {name for name, entry in project.providers.items() if entry.enabled}
        return names


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def disabled_plugins(config: GatewayConfig) -> list[str]:
    """Provider ids and distributions that the config turns off."""
    off = [name for name, entry in config.providers.items() if not entry.enabled]
    return [*config.plugins.disabled, *off]


def _overrides(config: GatewayConfig) -> Iterable[RateOverride]:
    for entry in config.pricing.overrides:
        yield RateOverride(
            provider=entry.match.provider,
            model=entry.match.model,
            mode=entry.match.mode,
            rates={unit: Rate(rate.usd, rate.per) for unit, rate in entry.rates.items()},
            valid_from=entry.valid_from,
            note=entry.note,
        )
