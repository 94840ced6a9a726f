"""Rate limits, before a request is made: permits from buckets that all processes share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from voicegateway.errors import RateLimitExceeded
from voicegateway.middleware.call import Call
from voicegateway.storage.limits import Limit, Permit, Permits

__all__ = ["LimitPolicy", "RateLimiter"]

_WAIT_SECONDS: Final = 0.5
"""How long a call waits for the ledger to answer."""
_LONGEST_WAIT: Final = 60.0
"""With `on_limit: wait`, a request waits for a permit no longer than a whole minute's worth."""
_SHORTEST_NAP: Final = 0.01
_GLANCE_SECONDS: Final = 0.002
"""Between two looks whether the ledger has answered, where the event loop goes on meanwhile."""


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """One limit of the config, and what to do when it is reached."""

    limit: Limit
    provider: str
    where: str
    """The key in the config, for messages."""
    on_limit: Literal["raise", "wait"] = "raise"


class Office(Protocol):
    """The ledger, as far as limits are concerned."""

    @property
    def permits(self) -> Permits: ...

    def obtain(self, request: Permit, timeout: float) -> None: ...

    def ask(self, request: Permit) -> None: ...

    def stream_ended(self, scope: str) -> None: ...


class RateLimiter:
    """One a gateway. `policies` gives the limits of a project and a provider."""

    def __init__(
        self, office: Office, policies: Callable[[str, str], Sequence[LimitPolicy]]
    ) -> None:
        self._office = office
        self._policies = policies

    def admit(self, call: Call) -> None:
        """Before an attempt: one permit under each limit that raises. Raises
        `RateLimitExceeded`."""
        for policy in self._of(call):
            if policy.on_limit == "raise":
                self._take(policy, call)

    async def enter(self, call: Call) -> None:
        """As an attempt begins: one permit under each limit that waits. Raises
        `RateLimitExceeded` after a minute."""
        for policy in self._of(call):
            if policy.on_limit == "wait":
                await self._wait(policy, call)

    def done(self, call: Call) -> None:
        """The call is over, or will not begin: it is no longer one of those that are open."""
        while call.counted_under:
            self._office.stream_ended(call.counted_under.pop())

    def _of(self, call: Call) -> Sequence[LimitPolicy]:
        return self._policies(call.scope.project, call.leg.provider)

    async def _wait(self, policy: LimitPolicy, call: Call) -> None:
        until = time.monotonic() + _LONGEST_WAIT
        while True:
            try:
                permit = self._needed(policy, call)
                if permit is not None:
                    await self._answered(permit)
                    _check(policy, call, permit)
            except RateLimitExceeded as error:
                left = until - time.monotonic()
                if left <= 0:
                    raise
                await asyncio.sleep(min(left, max(_SHORTEST_NAP, error.retry_after)))
            else:
                return

    async def _answered(self, permit: Permit) -> None:
        """As `obtain`, with the event loop going on."""
        until = time.monotonic() + _WAIT_SECONDS
        self._office.ask(permit)
        try:
            while not permit.done.is_set() and time.monotonic() < until:  # noqa: ASYNC110 - a thread sets it
                await asyncio.sleep(_GLANCE_SECONDS)
        except asyncio.CancelledError:
            permit.give_up("the call was cancelled")
            if permit.refused is None and permit.stream:
                self._office.stream_ended(permit.limit.scope)  # given at that very moment
            raise
        permit.give_up("the ledger did not answer")

    def _take(self, policy: LimitPolicy, call: Call) -> None:
        permit = self._needed(policy, call)
        if permit is not None:
            self._office.obtain(permit, _WAIT_SECONDS)
            _check(policy, call, permit)

    def _needed(self, policy: LimitPolicy, call: Call) -> Permit | None:
        """The permit to ask for; None if this process has one. Raises `RateLimitExceeded` where it
        is known that there is none."""
        limit, permits = policy.limit, self._office.permits
        opens = limit.counts and limit.scope not in call.counted_under
        if not opens:
            if limit.requests_per_minute is None:
                return None
            if permits.take(limit):
                if permits.low(limit):
                    self._office.ask(Permit(limit, ahead=True))
                return None
            if (wait := permits.none_for(limit.scope)) > 0:
                raise _exceeded(policy, "rate", wait)
        return Permit(limit, stream=opens)


def _check(policy: LimitPolicy, call: Call, permit: Permit) -> None:
    if permit.refused is not None:
        raise _exceeded(policy, permit.refused, permit.retry_after or 0.0)
    if permit.stream:
        call.counted_under.append(permit.limit.scope)


def _exceeded(policy: LimitPolicy, why: str, wait: float) -> RateLimitExceeded:
    limit = policy.limit
    if why == "rate":
        sentence = (
            f"Provider {policy.provider!r} may be asked {limit.requests_per_minute} times a minute "
            f"({policy.where}.requests_per_minute): try again in {wait:.2f} s, raise it, or set "
            "on_limit to wait"
        )
    elif why == "streams":
        sentence = (
            f"Provider {policy.provider!r} has {limit.concurrent_streams} calls open, which is all "
            f"it may have ({policy.where}.concurrent_streams): end one, raise it, or set on_limit "
            "to wait"
        )
    else:
        sentence = f"The call was not made, since its rate limit cannot be looked at: {why}"
    return RateLimitExceeded(f"{sentence}.", provider=policy.provider, retry_after=wait)
