"""What this process may spend of each project's budget without asking: kept in memory, shared by
the agent's threads, which take from it, and the ledger's thread, which fills it and books costs.

An account's lease is what the database has reserved for this process. Its holds are the estimates
of the attempts that run. The difference is free: taking from it needs neither disk nor network.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from voicegateway.storage.rows import Key

__all__ = ["Account", "Accounts", "Caps", "Standing"]

_GOOD_SECONDS: Final = 4.0
"""A lease may be spent for so long after this process was last seen to live: a second less than
the time after which others may settle what a dead process left."""


@dataclass(frozen=True, slots=True)
class Caps:
    """A project's limits, in nano-dollars; None: none."""

    daily_nano: int | None = None
    monthly_nano: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A project's budget as the database had it at one moment. Nano-dollars."""

    day_nano: int = 0
    """Settled since midnight, in the ledger's zone."""
    month_nano: int = 0
    leased_nano: int = 0
    """Reserved by all processes, this one included."""
    own_nano: int = 0
    processes: int = 0
    """How many have a lease."""
    day_ends: datetime | None = None
    """In the ledger's zone."""
    month_ends: datetime | None = None

    def slack(self, caps: Caps) -> int | None:
        """What could still be reserved; None: no end to it."""
        rooms = [
            cap - spent
            for cap, spent in (
                (caps.daily_nano, self.day_nano),
                (caps.monthly_nano, self.month_nano),
            )
            if cap is not None
        ]
        return min(rooms) - self.leased_nano if rooms else None


class Account:
    """One project's. All methods may be called from any thread and never wait."""

    def __init__(self, project: str, caps: Caps) -> None:
        self.project = project
        self.caps = caps
        self.standing = Standing()
        self.said: dict[str, tuple[str, int]] = {}
        """What was last warned of, by period: which one, and how many percent."""
        self.last_need = 0
        """The latest estimate: when a fair share is smaller, money is scarce."""
        self._lock = threading.Lock()
        self._lease = 0
        self._held = 0
        self._holds: dict[Key, int] = {}
        self._good_until = 0.0

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
            if nano > self._free():
                return False
            self._hold(key, nano)
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

    def spent(self, nano: int) -> None:
        """A cost was booked and the lease made smaller by it, in one transaction."""
        with self._lock:
            self._lease = max(0, self._lease - nano)

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

    def hand_back(self, nano: int) -> int:
        """Give up so much of what is free; returns how much it was."""
        with self._lock:
            given = max(0, min(nano, self._free()))
            self._lease -= given
            return given

    def renewed(self) -> None:
        self._good_until = time.monotonic() + _GOOD_SECONDS

    def taken_away(self) -> None:
        with self._lock:
            self._lease = 0

    def _free(self) -> int:
        if time.monotonic() > self._good_until:
            return min(0, self._lease - self._held)
        return self._lease - self._held

    def _hold(self, key: Key, nano: int) -> None:
        self._holds[key] = self._holds.get(key, 0) + nano
        self._held += nano


class Accounts:
    """The accounts of one ledger, by project."""

    def __init__(self) -> None:
        self._by_project: dict[str, Account] = {}

    def __bool__(self) -> bool:
        return bool(self._by_project)

    def open(self, project: str, caps: Caps) -> Account:
        """The project's account, with these caps from now on."""
        account = self._by_project.get(project)
        if account is None:
            account = self._by_project.setdefault(project, Account(project, caps))
        account.caps = caps
        return account

    def get(self, project: str) -> Account | None:
        return self._by_project.get(project)

    def all(self) -> list[Account]:
        return list(self._by_project.values())

    def leased(self) -> bool:
        return any(account.lease_nano for account in self.all())

    def renewed(self) -> None:
        """The process was just seen to live."""
        for account in self.all():
            account.renewed()

    def taken_away(self) -> None:
        """Others took this process for dead: its leases are gone, what runs goes on."""
        for account in self.all():
            account.taken_away()
