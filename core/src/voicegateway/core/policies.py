"""What a configuration says of money and limits, ready to be asked before every call. Made anew
when the configuration changes; objects that were metered earlier ask the newest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voicegateway.core.schema import GatewayConfig, RateLimit
from voicegateway.middleware.budget_enforcer import BudgetPolicy
from voicegateway.middleware.rate_limiter import LimitPolicy
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.storage.budgets import Caps
from voicegateway.storage.limits import Limit
from voicegateway.storage.models import nano_usd

__all__ = ["Policies", "budget_policies", "policies_of"]


@dataclass(frozen=True, slots=True)
class Policies:
    """One configuration's."""

    budgets: Mapping[str, BudgetPolicy]
    """By project: those that have a budget, or refuse what they cannot price."""
    overrides: Overrides
    _limits: Mapping[tuple[str | None, str], LimitPolicy]
    _found: dict[tuple[str, str], tuple[LimitPolicy, ...]] = field(default_factory=dict)

    def limits(self, project: str, provider: str) -> tuple[LimitPolicy, ...]:
        """The project's own limit, and the provider's."""
        key = (project, provider)
        found = self._found.get(key)
        if found is None:
            both = (self._limits.get(key), self._limits.get((None, provider)))
            found = tuple(policy for policy in both if policy is not None)
            self._found[key] = found
        return found


def policies_of(config: GatewayConfig) -> Policies:
    limits: dict[tuple[str | None, str], LimitPolicy] = {
        (None, name): _limit(name, entry) for name, entry in config.rate_limits.items()
    }
    for project, section in config.projects.items():
        for name, entry in section.rate_limits.items():
            limits[(project, name)] = _limit(name, entry, project)
    return Policies(budget_policies(config), Overrides(list(_overrides(config))), limits)


def budget_policies(config: GatewayConfig) -> dict[str, BudgetPolicy]:
    policies = {}
    for name, project in config.projects.items():
        caps = Caps(nano_usd(project.daily_budget), nano_usd(project.monthly_budget))
        if caps != Caps() or project.unpriced == "refuse":
            policies[name] = BudgetPolicy(
                name, caps, project.budget_action, project.estimate, project.unpriced
            )
    return policies


def _overrides(config: GatewayConfig) -> Iterable[RateOverride]:
    for entry in config.pricing.overrides:
        yield RateOverride(
            provider=entry.match.provider,
            model=entry.match.model,
            mode=entry.match.mode,
            rates={unit: Rate(rate.usd, rate.per) for unit, rate in entry.all_rates().items()},
            plan=entry.plan,
            valid_from=entry.valid_from,
            note=entry.note,
        )


def _limit(provider: str, entry: RateLimit, project: str | None = None) -> LimitPolicy:
    scope = provider if project is None else f"{project}/{provider}"
    where = (
        f"rate_limits.{provider}"
        if project is None
        else f"projects.{project}.rate_limits.{provider}"
    )
    limit = Limit(scope, entry.requests_per_minute, entry.concurrent_streams)
    return LimitPolicy(limit, provider, where, entry.on_limit)
