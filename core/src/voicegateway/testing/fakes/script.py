"""How a fake goes wrong."""

from __future__ import annotations

import asyncio
from typing import Protocol

from livekit.agents import APIConnectionError

__all__ = ["Scripted", "ScriptedError", "go_wrong"]


class ScriptedError(APIConnectionError):
    """The scripted failure."""

    def __init__(self) -> None:
        super().__init__("boom")


class Scripted(Protocol):
    """A fake with a script."""

    error: type[Exception]
    hang: bool


async def go_wrong(fake: Scripted) -> None:
    """Never returns: raises, or waits until the call is given up."""
    if fake.hang:
        await asyncio.get_running_loop().create_future()
    raise fake.error()
