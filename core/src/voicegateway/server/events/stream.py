"""The stream of one client: what it missed, then what happens."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from voicegateway.errors import LedgerError
from voicegateway.server.events.frames import RETRY, Wanted, framed, gap, place
from voicegateway.server.events.subscription import Subscription
from voicegateway.server.events.watcher import Watcher
from voicegateway.storage.reads.cursor import Cursor

__all__ = ["EventStream"]

_log = logging.getLogger("voicegateway.server")

_BEAT_SECONDS: Final = 15.0
"""Between two signs of life; a proxy that hears nothing for a minute hangs up."""


class EventStream(StreamingResponse):
    """`since` is what the client saw last, as it says. `allowed` is asked now and then whether it
    may still listen: a key may be revoked."""

    media_type = "text/event-stream"

    def __init__(
        self,
        watcher: Watcher,
        wanted: Wanted,
        since: str | None,
        allowed: Callable[[], Awaitable[bool]],
    ) -> None:
        self._watcher = watcher
        self._wanted = wanted
        self._since = since
        self._allowed = allowed
        self._body = self._events()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(self._body, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._body.aclose()  # else who is cut off while it is written to stays listed

    async def _events(self) -> AsyncGenerator[bytes]:
        yield RETRY
        try:
            async with aclosing(self._followed()) as parts:
                async for text in parts:
                    yield text
        except LedgerError as error:
            _log.warning("A stream of events ends, its client will come back: %s", error)

    async def _followed(self) -> AsyncGenerator[bytes]:
        cursor = None if self._since is None else _parsed(self._since)
        if cursor is not None:
            async with aclosing(self._missed(cursor)) as pages:
                async for text, reached in pages:
                    cursor = reached
                    yield text
        subscription, now = await self._watcher.join(self._wanted)
        try:
            if cursor is not None:
                async with aclosing(self._missed(cursor, now)) as pages:
                    async for text, _ in pages:
                        yield text
            yield place(now)
            async with aclosing(self._live(subscription)) as parts:
                async for text in parts:
                    yield text
        finally:
            self._watcher.leave(subscription)

    async def _missed(
        self, cursor: Cursor, until: Cursor | None = None
    ) -> AsyncGenerator[tuple[bytes, Cursor]]:
        """Page by page, as fast as the client takes it."""
        more = True
        while more and not self._watcher.stopped:
            page = await self._watcher.past(cursor, until)
            cursor, more = page.cursor, page.more
            text = b"".join(frame.text for frame in framed(page.happenings) if self._wanted(frame))
            yield (gap(cursor, "forgotten") if page.lost else text), cursor

    async def _live(self, subscription: Subscription) -> AsyncGenerator[bytes]:
        beat = time.monotonic() + _BEAT_SECONDS
        while not subscription.ended:
            await subscription.wait(max(0.0, beat - time.monotonic()))
            due = time.monotonic() >= beat
            if due:
                beat = time.monotonic() + _BEAT_SECONDS
                if not await self._allowed():
                    return
            if text := self._said(subscription, due=due):
                yield text

    def _said(self, subscription: Subscription, *, due: bool) -> bytes:
        # Nothing is awaited here: the place that is named must be the one that was reached.
        if subscription.behind:
            subscription.behind = False
            return gap(self._watcher.cursor, "slow")
        text = subscription.take()
        return place(self._watcher.cursor) if due and not text else text


def _parsed(since: str) -> Cursor:
    """What is no cursor counts as one that was forgotten: a browser that kept it would otherwise
    never be let in again."""
    try:
        return Cursor.parse(since)
    except LedgerError:
        return Cursor(-1, {})
