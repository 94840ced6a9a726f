"""One client's share of what happens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from voicegateway.server.events.frames import Frame, Wanted

__all__ = ["MOST_WAITING", "Subscription"]

MOST_WAITING: Final = 5000
"""Events that wait for a slow client: four megabytes, most of which it shares with others."""
_AT_ONCE: Final = 100


class Subscription:
    """A queue that never grows beyond its bound: a client that does not keep up loses what waits
    for it and is told so."""

    def __init__(self, wanted: Wanted) -> None:
        self.behind = False
        """It lost something, and has not been told yet."""
        self.ended = False
        """The server stops."""
        self._wanted = wanted
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()

    @property
    def crowded(self) -> bool:
        """It will lose something soon if it gets no time to catch up."""
        return len(self._waiting) > MOST_WAITING // 2

    def offer(self, frames: Iterable[Frame]) -> None:
        """Never waits."""
        if self.behind:
            return
        self._waiting.extend(frame.text for frame in frames if self._wanted(frame))
        if len(self._waiting) > MOST_WAITING:
            self.lose()
        elif self._waiting:
            self._wake.set()

    def lose(self) -> None:
        """What waits, and what comes until the client is told."""
        self._waiting.clear()
        self.behind = True
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def wait(self, seconds: float) -> None:
        """Until there is something to say, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def take(self) -> bytes:
        """Some of what waits; empty if nothing does."""
        count = min(len(self._waiting), _AT_ONCE)
        taken = b"".join([self._waiting.popleft() for _ in range(count)])
        if not (self._waiting or self.behind or self.ended):
            self._wake.clear()
        return taken
