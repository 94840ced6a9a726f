"""Processes that died and whose open rows nobody has settled yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicegateway.storage.host import Process, is_alive, this_process
from voicegateway.storage.reads.reader import Reader

__all__ = ["DeadWriter", "dead_writers"]

_LONG_AGO_US: Final = 60_000_000
"""A lease is renewed every second: one that ran out so long ago has no owner."""
_HOLDERS: Final = (
    "SELECT p.host, p.pid, p.started, p.lease_until_us, "
    "(SELECT COUNT(*) FROM open_attempts o WHERE o.process_id = p.id), "
    "(SELECT COUNT(*) FROM budget_leases b WHERE b.process_id = p.id) "
    "FROM processes p WHERE p.id IN (SELECT process_id FROM open_attempts "
    "UNION SELECT process_id FROM budget_leases) ORDER BY p.id"
)


@dataclass(frozen=True, slots=True)
class DeadWriter:
    """What it left."""

    host: str
    pid: int
    open: int
    """Attempts that it had begun."""
    leases: int
    """Budgets of which it holds a part."""


def dead_writers(reader: Reader) -> list[DeadWriter]:
    """As the next process on the ledger will find them: on this machine by asking the system,
    elsewhere by a lease that ran out a minute ago."""
    me = this_process()
    with reader.snapshot() as connection:
        now = connection.now_us()
        return [
            DeadWriter(host.partition("/")[0], pid, running, leases)
            for host, pid, started, lease, running, leases in connection.execute(_HOLDERS)
            if _is_dead(Process(host, pid, started), me, lease, now)
        ]


def _is_dead(process: Process, me: Process, lease: int | None, now: int) -> bool:
    alive = is_alive(process, me)
    if alive is not None:
        return not alive
    return lease is not None and lease + _LONG_AGO_US < now
