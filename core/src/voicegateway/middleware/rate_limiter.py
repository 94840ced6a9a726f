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
                self._take(policy, call)
            except RateLimitExceeded as error:
                left = until - time.monotonic()
                if left <= 0:
                    raise
                await asyncio.sleep(min(left, max(_SHORTEST_NAP, error.retry_after)))
            else:
                return

    def _take(self, policy: LimitPolicy, call: Call) -> None:
        limit, permits = policy.limit, self._office.permits
        opens = limit.concurrent_streams is not None and limit.scope not in call.counted_under
        if not opens:
            if limit.requests_per_minute is None or permits.take(limit):
                return
            if (wait := permits.none_for(limit.scope)) > 0:
                raise _exceeded(policy, "rate", wait)
        permit = Permit(limit, stream=opens)
        self._office.obtain(permit, _WAIT_SECONDS)
        if permit.refused is not None:
            raise _exceeded(policy, permit.refused, permit.retry_after or 0.0)
        if opens:
            call.counted_under.append(limit.scope)


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
