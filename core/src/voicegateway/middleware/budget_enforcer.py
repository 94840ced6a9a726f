"""Budgets, before a unit is spent: admits a call against what this process holds of the project's
budget, has more drawn where that does not suffice, and refuses where the cap leaves no room."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from voicegateway.errors import BudgetExceededError, BudgetThrottleSignal
from voicegateway.middleware.budget_messages import refusal, unpriced_refusal
from voicegateway.middleware.call import AttemptState, Call
from voicegateway.middleware.estimates import Estimator
from voicegateway.storage.budgets import Account, Accounts, Caps, Draw
from voicegateway.storage.models import Attempt, AttemptOpened
from voicegateway.storage.rows import Key

__all__ = ["BudgetEnforcer", "BudgetPolicy"]

_WAIT_SECONDS: Final = 0.5
"""How long a call waits for the ledger where its lease does not suffice. An agent's loop stands
still meanwhile, and it is half a millisecond unless the database is in trouble."""
_AHEAD_SECONDS: Final = 0.25
"""Between two requests for a fair share, ahead of need."""


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """What a project's config says of its budget."""

    project: str
    caps: Caps
    action: Literal["warn", "throttle", "block"] = "warn"
    estimate: Literal["typical", "bound"] = "typical"
    unpriced: Literal["allow", "refuse"] = "allow"


class Bank(Protocol):
    """The ledger, as far as budgets are concerned."""

    @property
    def accounts(self) -> Accounts: ...

    def obtain(self, request: Draw, timeout: float) -> None: ...

    def ask(self, request: Draw) -> None: ...


class BudgetEnforcer:
    """One a gateway. Called in the agent's thread."""

    def __init__(
        self,
        bank: Bank,
        policy: Callable[[str], BudgetPolicy | None],
        estimator: Estimator,
        identity: Callable[[Call, int], Attempt],
    ) -> None:
        self._bank = bank
        self._policy = policy
        self._estimator = estimator
        self._identity = identity
        self._asked: dict[str, float] = {}
        self._extending: dict[Key, Draw] = {}

    def admit(self, call: Call) -> None:
        """Before an attempt: hold what it may cost. Raises `BudgetExceededError`, or
        `BudgetThrottleSignal` where the project's calls shall go elsewhere instead."""
        policy = self._policy(call.scope.project)
        if policy is None:
            return
        account = self._account(policy)
        if policy.action == "warn":
            return
        nano = self._estimator.estimate(call, bound=policy.estimate == "bound")
        if nano is None:
            if policy.unpriced == "refuse":
                raise self._error(policy, unpriced_refusal(policy.project, call.leg), account, None)
            nano = 0
        key = (call.id, call.attempts + 1)
        call.held_nano = nano
        if account.take(key, nano):
            self._draw_ahead(account)
            return
        opened = AttemptOpened(self._identity(call, call.attempts + 1), nano)
        draw = Draw(account, nano, key, opened)
        self._bank.obtain(draw, _WAIT_SECONDS)
        if draw.refused is not None:
            call.held_nano = None
            raise self._error(policy, draw.refused, account, nano)

    def cancel(self, call: Call) -> None:
        """The call was admitted and never made."""
        account = self._bank.accounts.get(call.scope.project)
        if account is not None:
            account.release((call.id, call.attempts + 1))

    def extend(self, call: Call, attempt: AttemptState) -> BudgetExceededError | None:
        """While a stream runs: hold what it has cost and its next minute. The error to end it with,
        if its project's calls are to be blocked and there is no more."""
        policy = self._policy(call.scope.project)
        account = self._bank.accounts.get(call.scope.project)
        if policy is None or account is None or policy.action == "warn" or call.held_nano is None:
            return None
        key = (call.id, attempt.number)
        pending = self._extending.get(key)
        if pending is not None:
            if not pending.done.is_set():
                return None
            del self._extending[key]
            if pending.refused is not None and policy.action == "block":
                return self._error(policy, pending.refused, account, pending.need_nano)
        most = self._estimator.bound(call)
        more = 0 if most is None else most - account.held_by(key)
        if more > 0 and not account.take(key, more):
            self._extending[key] = Draw(account, more, key)
            self._bank.ask(self._extending[key])
        return None

    def ended(self, call: Call, attempt: AttemptState) -> None:
        """An attempt is over; its hold is released when its cost is booked."""
        self._extending.pop((call.id, attempt.number), None)

    def _account(self, policy: BudgetPolicy) -> Account:
        account = self._bank.accounts.get(policy.project)
        if account is None or account.caps is not policy.caps:
            account = self._bank.accounts.open(policy.project, policy.caps)
        return account

    def _draw_ahead(self, account: Account) -> None:
        """Where less is left than two such calls would take."""
        if account.free() >= 2 * account.last_need:
            return
        now = time.monotonic()
        if now - self._asked.get(account.project, 0.0) >= _AHEAD_SECONDS:
            self._asked[account.project] = now
            self._bank.ask(Draw(account))

    def _error(
        self, policy: BudgetPolicy, why: str, account: Account, nano: int | None
    ) -> BudgetExceededError:
        kind = BudgetThrottleSignal if policy.action == "throttle" else BudgetExceededError
        return refusal(kind, policy.project, why, account, nano)
