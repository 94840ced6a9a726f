"""The budgets and limits of a config, wired to the ledger and the meter."""

from __future__ import annotations

import functools

from voicegateway.core.schema import GatewayConfig, RateLimit
from voicegateway.middleware.admission import Admission
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.middleware.rate_limiter import LimitPolicy, RateLimiter
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import Ledger
from voicegateway.storage.limits import Limit
from voicegateway.storage.models import nano_usd

__all__ = ["admission", "budget_policies"]


def budget_policies(config: GatewayConfig) -> dict[str, BudgetPolicy]:
    """By project: those that have a budget, or refuse what they cannot price."""
    policies = {}
    for name, project in config.projects.items():
        caps = Caps(nano_usd(project.daily_budget), nano_usd(project.monthly_budget))
        if caps != Caps() or (project.unpriced == "refuse" and project.budget_action == "block"):
            policies[name] = BudgetPolicy(
                name, caps, project.budget_action, project.estimate, project.unpriced
            )
    return policies


def admission(config: GatewayConfig, ledger: Ledger, tracker: CostTracker) -> Admission | None:
    """None where there is neither a budget nor a limit: then nothing is asked before a call."""
    budgets, limits = _budgets(config, ledger, tracker), _limits(config, ledger)
    return Admission(budgets, limits) if budgets or limits else None


def _budgets(config: GatewayConfig, ledger: Ledger, tracker: CostTracker) -> BudgetEnforcer | None:
    policies = budget_policies(config)
    if not policies:
        return None
    estimator = Estimator(tracker.price)
    tracker.learner = estimator
    for policy in policies.values():
        ledger.accounts.open(policy.project, policy.caps)
    return BudgetEnforcer(ledger, policies.get, estimator, upcoming)


def _limits(config: GatewayConfig, ledger: Ledger) -> RateLimiter | None:
    general = {name: _limit(name, entry) for name, entry in config.rate_limits.items()}
    own = {
        (project, name): _limit(name, entry, project)
        for project, section in config.projects.items()
        for name, entry in section.rate_limits.items()
    }
    if not general and not own:
        return None

    @functools.cache
    def policies(project: str, provider: str) -> tuple[LimitPolicy, ...]:
        found = (own.get((project, provider)), general.get(provider))
        return tuple(policy for policy in found if policy is not None)

    return RateLimiter(ledger, policies)


def _limit(provider: str, entry: RateLimit, project: str | None = None) -> LimitPolicy:
    scope = provider if project is None else f"{project}/{provider}"
    where = (
        f"rate_limits.{provider}"
        if project is None
        else f"projects.{project}.rate_limits.{provider}"
    )
    limit = Limit(scope, entry.requests_per_minute, entry.concurrent_streams)
    return LimitPolicy(limit, provider, where, entry.on_limit)
