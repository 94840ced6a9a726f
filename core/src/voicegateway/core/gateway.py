"""The one place that wires: configuration, registry, ledger and meter.

The factories share one instance (`voicegateway.inference.get_gateway()`); the CLI and the server
make their own, since they own their process.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from voicegateway.core.config import database_target
from voicegateway.core.config_manager import ConfigManager
from voicegateway.core.engines import engine_factory
from voicegateway.core.layers import Layers
from voicegateway.core.projects import ProjectInfo, project_infos
from voicegateway.core.provider_settings import provider_settings
from voicegateway.core.references import named_providers
from voicegateway.core.refreshing import needs_restart
from voicegateway.core.registry import Registry, get_registry, use_registry
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import ProviderNotFoundError
from voicegateway.storage.ledger import Ledger, open_ledger
from voicegateway.types import ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicegateway.core.policies import Policies
    from voicegateway.core.provider import Provider
    from voicegateway.middleware.admission import Admission
    from voicegateway.middleware.cost_tracker import CostTracker
    from voicegateway.middleware.estimates import Estimator
    from voicegateway.storage.models import AttemptClosed
    from voicegateway.storage.queries import Costs, PeriodName, Reader
    from voicegateway.types import PriceQuote, PriceTerms, Usage

__all__ = ["Gateway", "disabled_plugins"]

_log = logging.getLogger("voicegateway.config")


class Gateway:
    """A configured gateway. Opening it reads the config file, and the managed resources of the
    ledger if there is one. A ledger that cannot be read then does not stop an agent: the log says
    that the file alone applies until `refresh_config()`.

    Raises `ConfigError` with one sentence if the configuration cannot be used.
    """

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        self.config_manager = ConfigManager(config_path)
        self._layers = self.config_manager.layers_at_start()
        self._refreshing = threading.Lock()
        self.registry = Registry(disabled=disabled_plugins(self.config))

    @property
    def config(self) -> GatewayConfig:
        """What applies now: environment, YAML and managed resources together."""
        return self._layers.config

    @property
    def config_path(self) -> Path | None:
        """The YAML file; None if there is none."""
        return self._layers.path

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
            retention_days=tracking.retention_days,
        )

    @functools.cached_property
    def cost_tracker(self) -> CostTracker | None:
        """What the meter reports to; None where `cost_tracking.enabled` is false."""
        # Here, since it is the agent's process alone that meters.
        from voicegateway.middleware.cost_tracker import CostTracker

        if self.storage is None:
            return None
        self.storage.start()  # settles what a process that died has left open
        tracker = CostTracker(self.storage, self._pricer, self._own_price)
        self._watch(tracker)
        return tracker

    @functools.cached_property
    def admission(self) -> Admission | None:
        """What every call must pass; None where nothing is tracked."""
        from voicegateway.core.admission import admission  # as above

        if self.storage is None or self.cost_tracker is None:
            return None
        return admission(lambda: self._policies, self.storage, self.cost_tracker, self._estimator)

    def costs(self, period: PeriodName = "month", *, project: str | None = None) -> Costs:
        """What was spent in a calendar period of the ledger's zone, by all projects or one. Waits
        for the database. Raises `LedgerError`."""
        from voicegateway.storage.queries import costs, period_named

        if self._opened is not None:
            self._opened.flush(timeout=1.0)
        with self._reader() as reader:
            timezone = self.config.cost_tracking.timezone
            return costs(reader, period_named(period, timezone), project=project)

    def list_projects(self) -> list[ProjectInfo]:
        """Those of the configuration and those that only the ledger knows, sorted by id. Waits for
        the database; without one, those of the configuration."""
        return project_infos(self._layers, self._reader)

    async def refresh_config(self) -> None:
        """Reads the config file and the managed resources again, and has all that was made so far
        follow them: budgets, limits, rates, logging, which plugins are off. What is leased, held or
        open stays as it is. Raises `ConfigError` or `LedgerError` with one sentence, and all stays
        as it was."""
        await asyncio.to_thread(self._refresh)

    def _refresh(self) -> None:
        with self._refreshing:
            self._follow(self.config_manager.layers())

    def _follow(self, layers: Layers) -> None:
        before, self._layers = self._layers.config, layers
        for key in needs_restart(before, layers.config):
            _log.warning("%s has changed, which takes effect when the process starts anew", key)
        if disabled_plugins(before) != disabled_plugins(layers.config):
            shared = get_registry() is self.registry
            self.registry = Registry(disabled=disabled_plugins(layers.config))
            if shared:
                use_registry(self.registry)
        if "_policies" in self.__dict__:
            self._repolice()

    def _repolice(self) -> None:
        from voicegateway.core.admission import lift_caps, open_accounts
        from voicegateway.core.policies import policies_of

        self._policies = policies_of(self.config)
        self._estimator.prices_changed()
        if self._opened is not None:
            open_accounts(self._policies, self._opened)
            lift_caps(self._policies, self._opened)
        tracker = self.__dict__.get("cost_tracker")
        if tracker is not None:
            self._watch(tracker)

    @functools.cached_property
    def _policies(self) -> Policies:
        from voicegateway.core.policies import policies_of  # as above

        return policies_of(self.config)

    @functools.cached_property
    def _estimator(self) -> Estimator:
        from voicegateway.middleware.estimates import Estimator  # as above

        if self.cost_tracker is None:
            raise AssertionError("nothing is estimated where nothing is tracked")
        return Estimator(self.cost_tracker.price)

    def _own_price(
        self, provider: str, model: str, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        return self._policies.overrides.quote(provider, model, usage, terms)

    def _watch(self, tracker: CostTracker) -> None:
        from voicegateway.middleware.latency_monitor import LatencyMonitor  # as above
        from voicegateway.middleware.logger import log_request

        wanted = self.config.observability
        watchers: list[Callable[[AttemptClosed], None]] = []
        tracker.keeps_times = wanted.latency_tracking
        if wanted.latency_tracking:
            watchers.append(LatencyMonitor(self.config.latency.ttfb_warning_ms))
        if wanted.request_logging:
            watchers.append(log_request)
        tracker.watchers = watchers

    @property
    def _opened(self) -> Ledger | None:
        """The ledger, if anything has used it yet."""
        return self.__dict__.get("storage")

    def _reader(self) -> Reader:
        from voicegateway.storage.queries import open_reader

        target = database_target(self.config.cost_tracking.db_path)
        return open_reader(target, engine_factory=engine_factory(target))

    def settings(
        self,
        provider_id: str,
        project: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
    ) -> ProviderSettings:
        """A provider's settings for a project. The key: the argument, the project's provider,
        the provider in YAML, a managed one, the plugin's own variable. Raises `ConfigError` if
        one is needed and there is none."""
        info = self.registry.get(provider_id).provider_info()
        return provider_settings(
            self._layers, info, provider_id, project, api_key=api_key, base_url=base_url
        )

    def usage_settings(self, provider_id: str) -> ProviderSettings:
        """What `pull_usage_export` of a provider is given. Raises `ConfigError`."""
        from voicegateway.core.usage_settings import usage_settings  # for one command

        info = self.registry.get(provider_id).provider_info()
        return usage_settings(self._layers, info, provider_id)

    def preload(self) -> None:
        """Load every provider that the config names, on the main thread, as LiveKit's plugins
        need. A config that names none loads all that are installed."""
        names = named_providers(self.config) or set(self.registry.installed())
        for name in sorted(names):
            self.registry.get(name).preload()

    def close(self) -> None:
        """Write what is queued and close the ledger."""
        if self._opened is not None:
            self._opened.close()

    def _pricer(self, provider_id: str) -> Provider | None:
        try:
            return self.registry.get(provider_id)
        except ProviderNotFoundError:  # a model that `attach` found, whose plugin is not installed
            return None


def disabled_plugins(config: GatewayConfig) -> list[str]:
    """Provider ids and distributions that the config turns off."""
    off = [name for name, entry in config.providers.items() if not entry.enabled]
    return [*config.plugins.disabled, *off]
