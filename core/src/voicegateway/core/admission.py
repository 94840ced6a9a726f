"""The budgets and limits of the present configuration, wired to the ledger and the meter."""

from __future__ import annotations

from collections.abc import Callable

from voicegateway.core.policies import Policies, budget_policies
from voicegateway.middleware.admission import Admission
from voicegateway.middleware.budget_enforcer import BudgetEnforcer, BudgetPolicy
from voicegateway.middleware.cost_tracker import CostTracker
from voicegateway.middleware.estimates import Estimator
from voicegateway.middleware.identity import upcoming
from voicegateway.middleware.rate_limiter import LimitPolicy, RateLimiter
from voicegateway.storage.budgets import Caps
from voicegateway.storage.ledger import Ledger

__all__ = ["admission", "budget_policies", "lift_caps", "open_accounts"]


def admission(
    policies: Callable[[], Policies], ledger: Ledger, tracker: CostTracker, estimator: Estimator
) -> Admission:
    """What every call passes. `policies` is asked at each, so that a change of the configuration
    reaches objects made before it."""
    tracker.learner = estimator
    open_accounts(policies(), ledger)

    def budget(project: str) -> BudgetPolicy | None:
        return policies().budgets.get(project)

    def limits(project: str, provider: str) -> tuple[LimitPolicy, ...]:
        return policies().limits(project, provider)

    return Admission(
        BudgetEnforcer(ledger, budget, estimator, upcoming), RateLimiter(ledger, limits)
    )


def open_accounts(policies: Policies, ledger: Ledger) -> None:
    """Every budget has an account with its present caps. What it has leased and holds stays."""
    for policy in policies.budgets.values():
        ledger.accounts.open(policy.project, policy.caps)


def lift_caps(policies: Policies, ledger: Ledger) -> None:
    """Of accounts whose budget was taken away. What they hold stays, too: calls are running."""
    for account in ledger.accounts.all():
        if account.project not in policies.budgets:
            account.caps = Caps()
