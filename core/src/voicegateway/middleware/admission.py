"""What stands before every attempt: the budget first, then the rate limits."""

from __future__ import annotations

from voicegateway.middleware.budget_enforcer import BudgetEnforcer
from voicegateway.middleware.call import AttemptState, Call
from voicegateway.middleware.rate_limiter import RateLimiter

__all__ = ["Admission"]


class Admission:
    """See `voicegateway.middleware.call.Gate`. Either part may be missing."""

    def __init__(self, budgets: BudgetEnforcer | None, limits: RateLimiter | None) -> None:
        self.budgets = budgets
        self.limits = limits

    def admit(self, call: Call) -> None:
        if self.budgets is not None:
            self.budgets.admit(call)
        if self.limits is None:
            return
        try:
            self.limits.admit(call)
        except BaseException:
            if self.budgets is not None:
                self.budgets.cancel(call)
            raise

    async def enter(self, call: Call) -> None:
        if self.limits is not None:
            await self.limits.enter(call)

    def extend(self, call: Call, attempt: AttemptState) -> Exception | None:
        return None if self.budgets is None else self.budgets.extend(call, attempt)

    def cover(self, call: Call, size: int) -> Exception | None:
        return None if self.budgets is None else self.budgets.cover(call, size)

    def ended(self, call: Call, attempt: AttemptState) -> None:
        if self.budgets is not None:
            self.budgets.ended(call, attempt)

    def done(self, call: Call) -> None:
        if self.budgets is not None:
            self.budgets.cancel(call)
        if self.limits is not None:
            self.limits.done(call)
