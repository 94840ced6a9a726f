"""The budgets of a config, wired to the ledger and the meter."""

from __future__ import annotations

from voicegateway.core.schema import GatewayConfig
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import Ledger
from voicegateway.storage.models import nano_usd

__all__ = ["budget_enforcer", "budget_policies"]


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


def budget_enforcer(
    config: GatewayConfig, ledger: Ledger, tracker: CostTracker
) -> BudgetEnforcer | None:
    """None where no project has a budget: then nothing is asked before a call."""
    policies = budget_policies(config)
    if not policies:
        return None
    estimator = Estimator(tracker.price)
    tracker.learner = estimator
    for policy in policies.values():
        ledger.accounts.open(policy.project, policy.caps)
    return BudgetEnforcer(ledger, policies.get, estimator, upcoming)
