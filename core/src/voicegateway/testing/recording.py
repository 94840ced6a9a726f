"""What goes into a metered object in a test, and what comes out of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectOptions, llm

from voicegateway.storage.models import (
    AttemptCheckpointed,
    AttemptClosed,
    AttemptOpened,
    DeferredRecord,
    LedgerRecord,
)

__all__ = ["MemoryLedger", "drain", "prompt", "retries", "silence"]


class MemoryLedger:
    """A ledger that keeps its records in memory, in the order they came."""

    def __init__(self) -> None:
        self.records: list[LedgerRecord] = []

    def append(self, record: LedgerRecord | DeferredRecord) -> None:
        self.records.append(record() if callable(record) else record)

    def start(self) -> None:
        """Nothing to do: there is no writer."""

    def close(self) -> None:
        """Nothing to do: the records stay."""

    @property
    def opened(self) -> list[AttemptOpened]:
        return [r for r in self.records if isinstance(r, AttemptOpened)]

    @property
    def checkpoints(self) -> list[AttemptCheckpointed]:
        return [r for r in self.records if isinstance(r, AttemptCheckpointed)]

    @property
    def closed(self) -> list[AttemptClosed]:
        return [r for r in self.records if isinstance(r, AttemptClosed)]

    async def settled(self) -> list[AttemptClosed]:
        """The closed rows, once the last callbacks of every stream have run."""
        for _ in range(5):
            await asyncio.sleep(0)
        return self.closed


def retries(count: int) -> APIConnectOptions:
    """Connect options with so many retries, ten milliseconds apart."""
    return APIConnectOptions(max_retry=count, retry_interval=0.01, timeout=5)


def silence(samples: int = 320, rate: int = 16_000) -> rtc.AudioFrame:
    """One mono frame; by default 20 ms."""
    return rtc.AudioFrame(bytes(2 * samples), rate, 1, samples)


def prompt(text: str = "hello") -> llm.ChatContext:
    """A chat of one user message."""
    context = llm.ChatContext.empty()
    context.add_message(role="user", content=text)
    return context


async def drain(stream: AsyncIterator[Any]) -> int:
    """Read a stream to its end and close it; how many items it gave."""
    count = 0
    async with stream:  # type: ignore[attr-defined]
        async for _ in stream:
            count += 1
    return count
