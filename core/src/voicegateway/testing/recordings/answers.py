"""What clients said in one exchange, and the server's words with the client's values put in."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from voicegateway.testing.recordings.model import Await, Event, SendBytes, SendJson, SendText

__all__ = ["REFERENCE", "NoSuchValueError", "Spoken", "as_bytes", "filled", "parsed"]

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Of a key in what the client said."""


class NoSuchValueError(LookupError):
    """The server's next words quote a key that no client message has had."""


class Spoken:
    """The client's messages of one connection or request."""

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._unused: list[Any] = []
        self._more = asyncio.Event()

    def hear(self, data: str | bytes) -> Any:
        """Take note of a message; returns it, parsed if it is JSON."""
        message = parsed(data) if isinstance(data, str) else data
        self._messages.append(message)
        self._unused.append(message)
        self._more.set()
        return message

    def hear_body(self, body: bytes) -> Any:
        """As `hear`, for the body of a request."""
        try:
            return self.hear(body.decode())
        except UnicodeDecodeError:  # audio
            return self.hear(body)

    async def wait_for(self, awaited: Await) -> None:
        """Until there is a message that no earlier wait was for."""
        while True:
            for index, message in enumerate(self._unused):
                if _satisfies(message, awaited):
                    del self._unused[index]
                    return
            self._more.clear()
            await self._more.wait()

    def value_of(self, name: str) -> Any:
        """Of the last JSON message that has this key, at whatever depth. Raises
        `NoSuchValueError`."""
        for message in reversed(self._messages):
            for found in _values(message, name):
                return found
        raise NoSuchValueError(f"no client message had a key {name!r}")


def parsed(text: str) -> Any:
    """A JSON object or list; any other text as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def as_bytes(event: Event, spoken: Spoken, *, sse: bool = False) -> bytes:
    """What an event adds to a body."""
    match event:
        case SendBytes():
            return event.data
        case SendText():
            return str(filled(event.text, spoken, embedded=True)).encode()
        case SendJson():
            text = json.dumps(filled(event.value, spoken), ensure_ascii=False)
            return f"data: {text}\n\n".encode() if sse else text.encode()
        case _:
            raise TypeError(f"{type(event).__name__} is for a websocket alone")


def filled(value: Any, spoken: Spoken, *, embedded: bool = False) -> Any:
    """With every `${name}` replaced by the client's value; one that is a whole JSON string keeps
    the type of that value. Raises `NoSuchValueError`."""
    if isinstance(value, dict):
        return {name: filled(each, spoken) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, spoken) for each in value]
    if not isinstance(value, str):
        return value
    whole = None if embedded else REFERENCE.fullmatch(value)
    if whole is not None:
        return spoken.value_of(whole[1])
    return REFERENCE.sub(lambda match: str(spoken.value_of(match[1])), value)


def _satisfies(message: Any, awaited: Await) -> bool:
    if awaited.kind == "binary":
        return isinstance(message, bytes)
    if awaited.kind == "text":
        return not isinstance(message, bytes)
    return isinstance(message, dict | list) and _has(message, awaited.contains)


def _has(message: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Mapping) or not isinstance(message, Mapping):
        return bool(message == wanted) or wanted == {}
    return all(name in message and _has(message[name], wanted[name]) for name in wanted)


def _values(message: Any, name: str) -> Iterator[Any]:
    """Values of a key, those of the outermost object first."""
    if isinstance(message, Mapping):
        if name in message:
            yield message[name]
        message = list(message.values())
    if isinstance(message, list):
        for each in message:
            yield from _values(each, name)
