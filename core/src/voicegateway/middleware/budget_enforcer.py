"""Budgets, before a unit is spent: admits a call against what this process holds of the project's
budget, has more drawn where that does not suffice, and refuses where the cap leaves no room."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from voicegateway.errors import BudgetExceededError, BudgetThrottleSignal
from voicegateway.middleware.budget_messages import refusal, unpriced_refusal
from voicegateway.middleware.call import UNWATCHED, AttemptState, Call
from voicegateway.middleware.estimates import Estimator, covered
from voicegateway.storage.budgets import Account, Accounts, Caps, Draw
from voicegateway.storage.models import Attempt, AttemptOpened
from voicegateway.storage.rows import Key
from voicegateway.types import Modality

__all__ = ["BudgetEnforcer", "BudgetPolicy"]

_WAIT_SECONDS: Final = 0.5
"""How long a call waits for the ledger where its lease does not suffice. An agent's loop stands
still meanwhile, and it is half a millisecond unless the database is in trouble."""
_AHEAD_SECONDS: Final = 0.25
"""Between two requests for a fair share, ahead of need."""
_NO_CAPS: Final = Caps()


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

    def forget(self, key: Key) -> None: ...


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
        if policy.action == "warn" and policy.unpriced == "allow":
            return
        nano = self._estimator.estimate(call, bound=policy.estimate == "bound")
        if nano is None and policy.unpriced == "refuse":
            raise self._error(policy, unpriced_refusal(policy.project, call.leg), account, None)
        if policy.action == "warn" or policy.caps == _NO_CAPS:
            return
        self._hold(call, policy, account, nano or 0)

    def _hold(self, call: Call, policy: BudgetPolicy, account: Account, nano: int) -> None:
        call.covered = covered(call)
        call.held_nano = nano
        if not nano:
            return  # it costs nothing, so there is nothing to wait for
        key = (call.id, call.attempts + 1)
        if account.take(key, nano):
            if account.low:
                self._draw_ahead(account)
            return
        opened = AttemptOpened(self._identity(call, call.attempts + 1), nano)
        draw = Draw(account, nano, key, opened)
        self._bank.obtain(draw, _WAIT_SECONDS)
        if draw.refused is not None:
            call.held_nano = None
            raise self._error(policy, draw.refused, account, nano)

    def cancel(self, call: Call) -> None:
        """What the call holds for an attempt that will not be made."""
        account = self._bank.accounts.get(call.scope.project)
        key = (call.id, call.attempts + 1)
        if account is not None and account.release(key):
            self._bank.forget(key)

    def extend(self, call: Call, attempt: AttemptState) -> BudgetExceededError | None:
        """While a stream runs: hold what it has cost and its next minute. The error to end it with,
        if its project's calls are to be blocked and what it holds will not last until the next
        time."""
        found = self._watched(call)
        if found is None:
            return None
        policy, account = found
        key, held = (call.id, attempt.number), account.held_by((call.id, attempt.number))
        pending, why = self._extending.get(key), "the ledger did not answer in time"
        if pending is not None and pending.done.is_set():
            del self._extending[key]
            held, why = account.held_by(key), pending.refused or why
        more = (self._estimator.bound(call) or 0) - held
        if more <= 0 or account.take(key, more):
            call.covered = covered(call)
            return None
        if key not in self._extending:
            self._extending[key] = Draw(account, more, key)
            self._bank.ask(self._extending[key])
        least = self._estimator.bound(call, ahead=False) or 0
        if pending is None or policy.action != "block" or held >= least:
            return None
        return self._error(policy, why, account, least - held)

    def cover(self, call: Call, size: int) -> BudgetExceededError | None:
        """Before a stream sends so much more than it holds money for: hold it. The error to end it
        with, if there is none and its project's calls are to be blocked."""
        found = self._watched(call)
        if found is None:
            call.covered = UNWATCHED
            return None
        policy, account = found
        number = call.attempts if call.current is not None else call.attempts + 1
        key, why, lacking = (call.id, number), None, 0
        for ahead in (True, False):
            most = self._estimator.bound(call, size, ahead=ahead) or 0
            lacking = most - account.held_by(key)
            why = self._top_up(account, key, lacking)
            if why is None:
                call.covered = max(call.input_count + size, covered(call) if ahead else 0)
                return None
        if policy.action == "block":
            return self._error(policy, why or "", account, lacking)
        call.covered = UNWATCHED
        return None

    def ended(self, call: Call, attempt: AttemptState) -> None:
        """An attempt is over; its hold is released when its cost is booked, or now if nothing was
        sent."""
        key = (call.id, attempt.number)
        pending = self._extending.pop(key, None)
        if pending is not None:
            pending.give_up("the attempt is over")
        if not attempt.sent:
            account = self._bank.accounts.get(call.scope.project)
            if account is not None:
                account.release(key)

    def _watched(self, call: Call) -> tuple[BudgetPolicy, Account] | None:
        """None for a call whose hold need not grow: what it is given is known from the start, or
        it costs nothing, or nobody knows what."""
        policy = self._policy(call.scope.project)
        account = self._bank.accounts.get(call.scope.project)
        grows = call.mode != "batch" and call.leg.modality is not Modality.LLM
        if policy is None or account is None or not grows or call.held_nano is None:
            return None
        return None if policy.action == "warn" else (policy, account)

    def _top_up(self, account: Account, key: Key, nano: int) -> str | None:
        """Why an attempt cannot hold so much more; None if it does."""
        if nano <= 0 or account.take(key, nano):
            return None
        draw = Draw(account, nano, key)
        self._bank.obtain(draw, _WAIT_SECONDS)
        return draw.refused

    def _account(self, policy: BudgetPolicy) -> Account:
        account = self._bank.accounts.get(policy.project)
        if account is None or account.caps is not policy.caps:
            account = self._bank.accounts.open(policy.project, policy.caps)
        return account

    def _draw_ahead(self, account: Account) -> None:
        now = time.monotonic()
        if now - self._asked.get(account.project, 0.0) >= _AHEAD_SECONDS:
            self._asked[account.project] = now
            self._bank.ask(Draw(account))

    def _error(
        self, policy: BudgetPolicy, why: str, account: Account, nano: int | None
    ) -> BudgetExceededError:
        kind = BudgetThrottleSignal if policy.action == "throttle" else BudgetExceededError
        return refusal(kind, policy.project, why, account, nano)
