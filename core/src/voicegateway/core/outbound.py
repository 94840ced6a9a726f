"""Where a process that asks a provider's server may connect to: what was checked by name is checked
again by address, at each connection, whichever client makes it and wherever a redirect leads.

A worker process of its own calls `hold_connections`, since it cannot be taken back.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Collection

from voicegateway.core.addresses import Place, place_of

__all__ = ["Held", "hold_connections"]


class Held:
    """What was refused so far."""

    def __init__(self, worst: Place, addresses: Collection[str]) -> None:
        self.refused = False
        self._worst = worst
        self._addresses = frozenset(addresses)

    def judge(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook. Raises `PermissionError` for a connection that may not be made."""
        if event != "socket.connect":
            return
        address = arguments[1]
        if isinstance(address, tuple) and not self._may_reach(str(address[0])):
            self.refused = True
            raise PermissionError("the address is not one that base_url may lead to")

    def _may_reach(self, text: str) -> bool:
        """A name has been looked up before: one that comes this far could still change."""
        if text in self._addresses:
            return True
        try:
            found = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        return place_of(found) <= self._worst


def hold_connections(worst: Place, addresses: Collection[str] = ()) -> Held:
    """From now on this process connects to addresses no nearer than `worst`, and to these."""
    held = Held(worst, addresses)
    sys.addaudithook(held.judge)
    return held
