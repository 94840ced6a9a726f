"""What LiveKit's client knows of a streaming session and only logs: how long AssemblyAI says it
was. And the goodbye that ends it: AssemblyAI bills a session that nobody terminates for up to three
hours, and LiveKit's client hangs up without one when a stream is closed, as every agent does."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Final

import aiohttp
from livekit.agents import APIConnectionError, APIStatusError, APITimeoutError

from voicegateway.authoring import AttemptCounters, current_attempt
from voicegw_assemblyai.vendor_names import CONNECT, EVENT, connect_timeout

__all__ = ["watch_session"]

_TERMINATE: Final = json.dumps({"type": "Terminate"})
_GOODBYE_SECONDS: Final = 1.0
"""That AssemblyAI has to answer a goodbye, before the connection is closed without."""
_DURATIONS: Final = ("session_duration_seconds", "audio_duration_seconds")


def watch_session(stream: Any) -> None:
    """Note `sessions` of a stream of recognition (0 if it never came to one), and the durations
    that AssemblyAI says when one ends. A stream that lacks LiveKit's names is left alone."""
    connect, read = getattr(stream, CONNECT, None), getattr(stream, EVENT, None)
    if connect is None or read is None:
        return

    async def connected(*arguments: Any) -> Any:
        counters = current_attempt()
        counters.add(sessions=0)
        socket = await _opened(connect(*arguments), connect_timeout(stream))
        counters.add(sessions=1)
        _end_politely(socket, counters)
        return socket

    def event(message: Any) -> Any:
        _note(message, current_attempt())
        return read(message)

    setattr(stream, CONNECT, connected)
    setattr(stream, EVENT, event)


async def _opened(connecting: Any, seconds: float | None) -> Any:
    """LiveKit's client lets aiohttp's errors through: nobody tries again then or falls back, and
    they carry the request's headers, with the key."""
    try:
        async with asyncio.timeout(seconds):
            return await connecting
    except TimeoutError:
        raise APITimeoutError("timed out connecting to AssemblyAI") from None
    except aiohttp.ClientResponseError as error:
        raise APIStatusError(error.message, status_code=error.status) from None
    except (aiohttp.ClientError, OSError) as error:
        raise APIConnectionError(
            f"failed to connect to AssemblyAI ({type(error).__name__})"
        ) from None


def _note(message: Any, counters: AttemptCounters) -> None:
    if not isinstance(message, dict) or message.get("type") != "Termination":
        return
    said = {name: message[name] for name in _DURATIONS if message.get(name) is not None}
    counters.note(terminated=True, **said)
    if said:
        counters.add(terminations=1)


def _end_politely(socket: Any, counters: AttemptCounters) -> None:
    close = socket.close

    async def closed(*arguments: Any, **keywords: Any) -> Any:
        try:
            if not socket.closed and not counters.facts.get("terminated"):
                await _say_goodbye(socket, counters)
        finally:
            answer = await close(*arguments, **keywords)
        return answer

    socket.close = closed


async def _say_goodbye(socket: Any, counters: AttemptCounters) -> None:
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, ConnectionError, ValueError):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await socket.send_str(_TERMINATE)
            while not counters.facts.get("terminated"):
                message = await socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                _note(json.loads(message.data), counters)
