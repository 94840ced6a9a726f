"""A deadline that moves with every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

__all__ = ["Deadline"]


class Deadline:
    """Ends what runs in its `async with` block with `TimeoutError`, once what is due has not come.

    It interrupts the block, not the model: a model that ignores its own timeout, or being
    cancelled, cannot hold it up. Moving it forward costs one assignment: its one timer looks
    again when it fires. `lapsed` may say, when the moment has come, that nothing is due after all.
    """

    def __init__(self, lapsed: Callable[[], bool] | None = None) -> None:
        self._lapsed = lapsed
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timeout = asyncio.timeout(None)
        self._loop = asyncio.get_running_loop()

    def expect(self, seconds: float | None) -> None:
        """Something is due within so many seconds from now; None: nothing is."""
        if seconds is None:
            self._due = None
            return
        self._due = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._look)
        elif self._due < self._timer.when():
            self._timer.cancel()
            self._timer = self._loop.call_at(self._due, self._look)

    @property
    def pending(self) -> bool:
        """Whether anything is due."""
        return self._due is not None

    @property
    def expired(self) -> bool:
        """Whether it was this deadline that ended the block."""
        return self._timeout.expired()

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        now = self._loop.time()
        if now < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
            return
        self._due = None
        if self._lapsed is None or self._lapsed():
            self._timeout.reschedule(now)
