"""What repricing needs of a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voicegateway.core.config import database_target
from voicegateway.core.engines import engine_factory
from voicegateway.core.gateway import Gateway
from voicegateway.core.policies import policies_of
from voicegateway.reconcile.quotations import Rates
from voicegateway.storage.engine import Engine
from voicegateway.storage.targets import engine_for

__all__ = ["Tools", "tools_of"]


@dataclass(frozen=True, slots=True)
class Tools:
    target: str
    """The ledger's."""
    timezone: str
    engine: Engine
    rates: Rates


def tools_of(config: Path | None) -> Tools:
    """Raises `ConfigError` or `LedgerError`. No plugin is loaded before it is asked."""
    gateway = Gateway(config)
    tracking = gateway.config.cost_tracking
    target = database_target(tracking.db_path)
    engine = engine_for(target, engine_factory=engine_factory(target))
    rates = Rates(gateway.registry.get, policies_of(gateway.config).overrides.quote)
    return Tools(target, tracking.timezone, engine, rates)
