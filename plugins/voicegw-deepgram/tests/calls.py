"""How the tests call a metered object."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import stt

from voicegateway.testing import retries, silence

__all__ = ["audio_seconds", "hear", "hear_at_once", "push", "say", "transcripts", "until"]

_FRAMES_A_SECOND = 50
_PATIENCE = 20
"""Seconds until a call is given up."""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - a cloud has no event for everything
            await asyncio.sleep(0.01)


def audio_seconds(cloud: Any) -> float:
    """How much audio a cloud has received, at 16 kHz."""
    return sum(len(said) for said in cloud.messages if isinstance(said, bytes)) / 32_000


def push(stream: Any, seconds: float) -> None:
    for _ in range(round(seconds * _FRAMES_A_SECOND)):
        stream.push_frame(silence())


async def transcripts(stream: Any) -> list[str]:
    kind = stt.SpeechEventType.FINAL_TRANSCRIPT
    async with asyncio.timeout(_PATIENCE):
        return [event.alternatives[0].text async for event in stream if event.type is kind]


async def hear(target: Any, seconds: float = 2.0, *, retry: int = 0) -> list[str]:
    """A whole stream: its final transcripts."""
    async with target.stream(conn_options=retries(retry)) as stream:
        push(stream, seconds)
        stream.end_input()
        return await transcripts(stream)


async def hear_at_once(target: Any, seconds: float = 2.0, *, retry: int = 0) -> str:
    frames = [silence() for _ in range(round(seconds * _FRAMES_A_SECOND))]
    event = await target.recognize(frames, conn_options=retries(retry))
    return event.alternatives[0].text


async def say(target: Any, text: str, *, streaming: bool = True, retry: int = 0) -> int:
    """The samples that came."""
    options = retries(retry)
    if streaming:
        stream = target.stream(conn_options=options)
        stream.push_text(text)
        stream.end_input()
    else:
        stream = target.synthesize(text, conn_options=options)
    async with asyncio.timeout(_PATIENCE), stream:
        return sum([event.frame.samples_per_channel async for event in stream])
