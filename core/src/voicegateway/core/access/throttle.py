"""Slows whoever guesses keys: a bucket of failures an address, and one for all.

Only failures take from them. While an address's bucket is empty it is refused without a look at
its key; while the one for all is empty, so is every address that has failed of late. An address
without a failure is always heard, so nobody's guessing locks out another.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["Throttle"]

_BURST, _SECONDS_EACH = 10.0, 6.0
_BURST_OF_ALL, _SECONDS_EACH_OF_ALL = 300.0, 0.2
_MOST_ADDRESSES: Final = 10_000


class _Bucket:
    """Failures that are left, refilled one every `seconds_each`."""

    __slots__ = ("_at", "_burst", "_left", "_seconds_each")

    def __init__(self, burst: float, seconds_each: float, now: float) -> None:
        self._burst, self._seconds_each = burst, seconds_each
        self._left, self._at = burst, now

    def left(self, now: float) -> float:
        self._left = min(self._burst, self._left + (now - self._at) / self._seconds_each)
        self._at = now
        return self._left

    def take(self, now: float) -> None:
        self._left = max(0.0, self.left(now) - 1)

    def wait(self, now: float) -> float:
        """Seconds until one is left; 0 if there is."""
        return max(0.0, (1 - self.left(now)) * self._seconds_each)


class Throttle:
    """May be used from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._of_all = _Bucket(_BURST_OF_ALL, _SECONDS_EACH_OF_ALL, clock())
        self._by_address: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address is heard again; 0 if it is now."""
        with self._lock:
            now = self._clock()
            bucket = self._by_address.get(_network(address))
            if bucket is None or bucket.left(now) >= _BURST:
                return 0.0
            return max(bucket.wait(now), self._of_all.wait(now))

    def failed(self, address: str) -> None:
        with self._lock:
            now, name = self._clock(), _network(address)
            if name not in self._by_address:
                self._by_address[name] = _Bucket(_BURST, _SECONDS_EACH, now)
            self._by_address.move_to_end(name)
            self._by_address[name].take(now)
            self._of_all.take(now)
            if len(self._by_address) > _MOST_ADDRESSES:
                self._by_address.popitem(last=False)  # the one that failed longest ago


def _network(address: str) -> str:
    """An IPv6 client has a whole /64 to come from."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return address
