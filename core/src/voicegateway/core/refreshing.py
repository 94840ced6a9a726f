"""What of a configuration cannot follow a change while the process runs."""

from __future__ import annotations

from collections.abc import Iterator

from voicegateway.core.schema import GatewayConfig

__all__ = ["needs_restart"]

_FIXED = ("enabled", "db_path", "timezone", "durability", "retention_days")


def needs_restart(before: GatewayConfig, after: GatewayConfig) -> Iterator[str]:
    """The keys that have changed and that the open ledger or the server does not follow."""
    for key in _FIXED:
        if getattr(before.cost_tracking, key) != getattr(after.cost_tracking, key):
            yield f"cost_tracking.{key}"
    if before.observability.cost_tracking != after.observability.cost_tracking:
        yield "observability.cost_tracking"
    for section in ("server", "auth"):
        if getattr(before, section) != getattr(after, section):
            yield section
