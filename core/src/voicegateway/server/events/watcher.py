"""Reads the feed for all who listen, and only while somebody does."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from voicegateway.errors import LedgerError
from voicegateway.server.events.changes import changes_of
from voicegateway.server.events.frames import Wanted, framed
from voicegateway.server.events.stopping import told_to_stop
from voicegateway.server.events.subscription import Subscription
from voicegateway.storage.engine import Engine
from voicegateway.storage.reads.cursor import Cursor
from voicegateway.storage.reads.reader import Reader
from voicegateway.storage.reads.tail import Page, happenings, tail_start

__all__ = ["Watcher"]

_log = logging.getLogger("voicegateway.server")

_TROUBLE_SECONDS: Final = 1.0
_AT_ONCE: Final = 250
_BREATH_SECONDS: Final = 0.02
"""For those who do not keep up with a burst. A client that never reads costs others this a few
times, and then has lost its place in the queue."""


class Watcher:
    """One a server process; belongs to its event loop. The database is read in threads."""

    def __init__(self, engine: Engine) -> None:
        self.cursor = Cursor(0, {})
        """All up to here has been offered to all who listen."""
        self.stopped = False
        self._engine = engine
        self._live, self._past = Reader(engine), Reader(engine)
        self._starting, self._paging = asyncio.Lock(), asyncio.Lock()
        self._listeners: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None
        self._troubled = False

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    @property
    def running(self) -> bool:
        return self._task is not None

    async def check(self) -> Cursor:
        """Where the feed is. Raises `LedgerError` if it cannot be read."""
        async with self._paging:
            return await asyncio.to_thread(tail_start, self._past)

    async def past(self, cursor: Cursor, until: Cursor | None = None) -> Page:
        """A page of what followed a cursor. One client at a time, so that many who come back at
        once keep nobody from reading the live feed. Raises `LedgerError`."""
        async with self._paging:
            return await asyncio.to_thread(happenings, self._past, cursor, until=until)

    async def join(self, wanted: Wanted) -> tuple[Subscription, Cursor]:
        """What follows the cursor will be offered. Raises `LedgerError`."""
        async with self._starting:
            if self._task is None:
                self.cursor = await asyncio.to_thread(tail_start, self._live)
                self._task = asyncio.create_task(self._watch())
            subscription = Subscription(wanted)
            subscription.ended = self.stopped
            self._listeners.add(subscription)
            return subscription, self.cursor

    def leave(self, subscription: Subscription) -> None:
        self._listeners.discard(subscription)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    def stop(self) -> None:
        """Ends all streams."""
        self.stopped = True
        for one in self._listeners:
            one.end()

    async def _watch(self) -> None:
        changes = changes_of(self._engine)
        try:
            while not self.stopped:
                if told_to_stop():
                    self.stop()
                elif await changes.any():
                    await self._read()
                await asyncio.sleep(changes.pause)
        except Exception as error:  # noqa: BLE001 - its text may carry anything
            _log.error("Events cannot be read: %s", type(error).__name__)
            self._task = None
            for one in self._listeners:
                one.end()  # they come back, and it is tried anew
        finally:
            await changes.close()
            await asyncio.to_thread(self._live.close)
            await asyncio.to_thread(self._past.close)

    async def _read(self) -> None:
        try:
            while await self._page():
                pass
            self._troubled = False
        except LedgerError as error:
            if not self._troubled:
                _log.warning("Events wait until the ledger can be read again: %s", error)
            self._troubled = True
            await asyncio.sleep(_TROUBLE_SECONDS)

    async def _page(self) -> bool:
        """False once all is read."""
        page = await asyncio.to_thread(happenings, self._live, self.cursor)
        frames = await asyncio.to_thread(framed, page.happenings)
        async with self._starting:  # who joins begins after a whole page
            for begin in range(0, len(frames), _AT_ONCE):
                part = frames[begin : begin + _AT_ONCE]
                self.cursor = page.happenings[begin + len(part) - 1].cursor
                for one in self._listeners:
                    one.offer(part)
                crowded = any(one.crowded for one in self._listeners)
                await asyncio.sleep(_BREATH_SECONDS if crowded else 0)
            self.cursor = page.cursor
            if page.lost:
                for one in self._listeners:
                    one.lose()
        return page.more
