"""What LiveKit's client knows of an attempt and tells nobody: whether it ever reached Cartesia,
and which text it sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import aiohttp
from livekit.agents import APIConnectionError, APIError, APIStatusError

from voicegateway.authoring import current_attempt
from voicegw_cartesia.input_gate import InputGate
from voicegw_cartesia.vendor_names import CONNECT, RUN, TEXT_KEY

__all__ = ["count_text", "watch_connection", "watch_run"]

_HTTP_ERRORS: Final = range(400, 600)


def watch_connection(stream: Any) -> None:
    """Note `connections` of a stream of recognition: 0 if it never came to one. Until there is
    one, its input does not end."""
    connect = getattr(stream, CONNECT, None)
    if connect is None:
        return
    gate = InputGate(stream.end_input)

    async def counted(*arguments: Any) -> Any:
        counters = current_attempt()
        counters.add(connections=0)
        socket = await connect(*arguments)
        counters.add(connections=1)
        gate.open()
        return socket

    setattr(stream, CONNECT, counted)
    stream.end_input = gate.end_input


def count_text(socket: Any) -> None:
    """Note what is sent through a WebSocket of speech: `sentences` and their `characters`, by the
    attempt that sends. A sentence, not a chunk of audio, is one message."""
    send = socket.send_str

    async def counted(data: str, *arguments: Any, **keywords: Any) -> None:
        await send(data, *arguments, **keywords)
        _note_sent(data)

    socket.send_str = counted


def _note_sent(message: str) -> None:
    try:
        text = json.loads(message)[TEXT_KEY].rstrip(" ")
    except (ValueError, KeyError, TypeError, AttributeError):
        current_attempt().note(unreadable=True)
        return
    if text:
        current_attempt().add(sentences=1, characters=len(text))


def watch_run(stream: Any, counts_text: Callable[[], bool]) -> None:
    """Note `refused` of an attempt at speech that Cartesia answered with an error, or that never
    reached it, and `finished` of one that it brought to an end. `counts_text` says whether what the
    stream sends is counted, so that an attempt which sends nothing has a count of 0."""
    run = getattr(stream, RUN)

    async def watched(*arguments: Any) -> Any:
        counters = current_attempt()
        if counts_text():
            counters.add(sentences=0, characters=0)
        try:
            await run(*arguments)
        except APIError as error:
            counters.note(refused=_is_refusal(error))
            raise
        counters.note(finished=True)

    setattr(stream, RUN, watched)


def _is_refusal(error: APIError) -> bool:
    """LiveKit's client has an `APIError` of no other kind for an error message of Cartesia's; the
    status of a WebSocket that broke off is its close code, which is above all of HTTP's."""
    if isinstance(error, APIStatusError):
        return error.status_code in _HTTP_ERRORS
    if isinstance(error, APIConnectionError):
        return isinstance(error.__cause__, aiohttp.ClientConnectorError)
    return True
