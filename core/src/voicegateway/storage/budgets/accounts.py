"""What this process may spend of each project's budget without asking: kept in memory, shared by
the agent's threads, which take from it, and the ledger's thread, which fills it and books costs.

An account's lease is what the database has reserved for this process. Its holds are the estimates
of the attempts that run. The difference is free: taking from it needs neither disk nor network.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from voicegateway.storage.budgets.standing import Caps, Standing
from voicegateway.storage.rows import Key

__all__ = ["Account", "Accounts", "Pulse", "clock"]

_GOOD_SECONDS: Final = 4.0
"""A lease may be spent for so long after this process was last seen to live: a second less than
the time after which others may settle what a dead process left."""
_LOOK_SECONDS: Final = 30.0
"""Between two looks at an account of which this process has nothing."""

# It goes on while the machine sleeps, where the system has such a clock.
clock = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME)
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic
)
"""Seconds, only ever forwards."""


class Pulse:
    """Until when the leases of this process are certain to be its own."""

    __slots__ = ("good_until",)

    def __init__(self) -> None:
        self.good_until = 0.0


class Account:
    """One project's. All methods may be called from any thread and never wait."""

    def __init__(self, project: str, caps: Caps, pulse: Pulse) -> None:
        self.project = project
        self.caps = caps
        self.standing = Standing()
        self.said: dict[str, tuple[str, int | str]] = {}
        """What was last warned of, by period: which one, and how many percent."""
        self.last_need = 0
        """The latest estimate: when a fair share is smaller, money is scarce."""
        self.low = False
        """The latest hold left less than two more such would take."""
        # Reentrant: a finalizer that runs in the middle of this may release a hold.
        self._lock = threading.RLock()
        self._lease = 0
        self._held = 0
        self._holds: dict[Key, int] = {}
        self._pulse = pulse
        self._touched = True
        self._looked = float("-inf")

    @property
    def lease_nano(self) -> int:
        return self._lease

    @property
    def held_nano(self) -> int:
        return self._held

    def held_by(self, key: Key) -> int:
        """What one attempt holds."""
        return self._holds.get(key, 0)

    def free(self) -> int:
        """What can be taken now; negative where costs were underestimated."""
        with self._lock:
            return self._free()

    def take(self, key: Key, nano: int) -> bool:
        """Hold `nano` for an attempt, in addition to what it holds, if that much is free."""
        with self._lock:
            self.last_need = nano
            left = self._free() - nano
            if left < 0:
                return False
            self.low = left < 2 * nano
            self._holds[key] = self._holds.get(key, 0) + nano
            self._held += nano
            return True

    def release(self, key: Key) -> int:
        """The attempt's cost is booked, or it never ran. Releasing twice changes nothing."""
        with self._lock:
            nano = self._holds.pop(key, 0)
            self._held -= nano
            return nano

    def granted(self, grant: int, standing: Standing) -> None:
        """The database reserved `grant` more."""
        with self._lock:
            self._lease += grant
            self.standing = standing
            self._touched = True

    def spent(self, nano: int) -> None:
        """A cost was booked and the lease made smaller by it, in one transaction."""
        with self._lock:
            self._lease = max(0, self._lease - nano)
            self._touched = True

    def surplus(self) -> int:
        """How much more is free than this process's fair share of what is left. It is all of it
        where a fair share would not pay for one call."""
        with self._lock:
            free, slack = self._free(), self.standing.slack(self.caps)
            if free <= 0 or slack is None:
                return 0
            share = (slack + free) // (2 * max(1, self.standing.processes))
            keep = share if share >= self.last_need else 0
            return max(0, free - keep)

    def holders(self) -> list[tuple[Key, int]]:
        """The attempts of this process that hold anything, the largest hold first."""
        with self._lock:
            return sorted(self._holds.items(), key=lambda hold: -hold[1])

    def due(self) -> bool:
        """Whether it is time to look at how it stands: at once where something has changed or is
        leased."""
        now = time.monotonic()
        if not (self._touched or self._lease or now - self._looked >= _LOOK_SECONDS):
            return False
        self._touched, self._looked = False, now
        return True

    def hand_back(self, nano: int) -> int:
        """Give up so much of what is free; returns how much it was."""
        with self._lock:
            given = max(0, min(nano, self._free()))
            self._lease -= given
            return given

    def corrected(self, lease: int) -> None:
        """What the database has it that this process has leased."""
        with self._lock:
            self._lease = lease

    def _free(self) -> int:
        free = self._lease - self._held
        return min(0, free) if clock() > self._pulse.good_until else free


class Accounts:
    """The accounts of one ledger, by project."""

    def __init__(self) -> None:
        self._by_project: dict[str, Account] = {}
        self._pulse = Pulse()
        self._unsure: list[tuple[Account, int]] = []

    def __bool__(self) -> bool:
        return bool(self._by_project)

    def open(self, project: str, caps: Caps) -> Account:
        """The project's account, with these caps from now on."""
        account = self._by_project.get(project)
        if account is None:
            made = Account(project, caps, self._pulse)
            account = self._by_project.setdefault(project, made)
        account.caps = caps
        return account

    def get(self, project: str) -> Account | None:
        return self._by_project.get(project)

    def all(self) -> list[Account]:
        return list(self._by_project.values())

    def leased(self) -> bool:
        return any(account.lease_nano for account in self.all())

    def renewed(self, seen: float) -> None:
        """The process was shown to live, at `seen` of `clock` or later."""
        self._pulse.good_until = seen + _GOOD_SECONDS

    def expect(self, spent: Sequence[tuple[Account, int]]) -> None:
        """These costs are about to be committed. Should the answer to that be lost, they count as
        committed until `corrected` or `unspent` tells."""
        self._unsure += spent
        for account, nano in spent:
            account.spent(nano)

    def booked(self) -> None:
        """They are committed."""
        self._unsure.clear()

    def unspent(self) -> None:
        """They are not: the connection that refused them is still the same."""
        while self._unsure:
            account, nano = self._unsure.pop()
            account.corrected(account.lease_nano + nano)

    def corrected(self, leases: Mapping[str, int]) -> None:
        """What the database has it that this process has leased; of other projects nothing."""
        self._unsure.clear()
        for account in self.all():
            account.corrected(leases.get(account.project, 0))
