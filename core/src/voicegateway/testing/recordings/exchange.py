"""Read what the vendor's server did."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final

from voicegateway.testing.recordings.fields import Fields
from voicegateway.testing.recordings.model import (
    NEVER_SENT,
    Await,
    Close,
    Event,
    Exchange,
    SendBytes,
    SendJson,
    SendText,
)

__all__ = ["FRAMING_HEADERS", "SECRET_HEADERS", "read_exchange"]

FRAMING_HEADERS: Final = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "date", "server"}
)
"""The replay sets these itself, or they say nothing of the vendor's model."""

SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "www-authenticate"}
)

_TRANSPORTS: Final = ("websocket", "http", "sse")
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_KEYS: Final = ("transport", "method", "path", "status", "headers", "events")
_HEADER = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_DAY_MS: Final = 86_400_000


def read_exchange(fields: Fields) -> Exchange:
    """The key `exchange` of a recording. Raises `RecordingError`."""
    exchange = fields.inner("exchange", _KEYS)
    transport = exchange.choice("transport", _TRANSPORTS)
    headers = _headers(exchange)
    if transport != "websocket" and "content-type" not in headers:
        exchange.fail("headers", "has no content-type, by which clients read the answer")
    return Exchange(
        transport=transport,
        method=exchange.choice("method", ("GET",) if transport == "websocket" else _METHODS),
        path=_path(exchange),
        status=exchange.whole("status", 101, 599),
        headers=headers,
        events=_events(exchange, transport),
    )


def _path(exchange: Fields) -> str:
    path = exchange.text("path")
    if not path.startswith("/") or any(mark in path for mark in "?#"):
        exchange.fail("path", "must begin with a slash and hold no query")
    return path


def _headers(exchange: Fields) -> dict[str, str]:
    """Names as HTTP has them, in lower case; values of one line."""
    names = exchange.mapping("headers", {})
    headers = exchange.inner("headers", list(names), {})
    for name in names:
        if not _HEADER.fullmatch(name):
            headers.fail(name, "must be the name of a header in lower case")
        if name in FRAMING_HEADERS or name.startswith("sec-websocket-"):
            headers.fail(name, "is the replay's own to set: leave it out")
        if name in SECRET_HEADERS:
            headers.fail(name, "may carry a secret: leave it out")
        if not headers.text(name).isprintable():
            headers.fail(name, "must be one line")
    return names


def _events(exchange: Fields, transport: str) -> tuple[Event, ...]:
    events: list[Event] = []
    for fields in exchange.each("events", ("at_ms", *_EVENTS)):
        kinds = [kind for kind in _EVENTS if fields.has(kind)]
        if len(kinds) != 1:
            fields.fail("", f"must hold one of {', '.join(_EVENTS)} and at_ms")
        (kind,) = kinds
        if transport != "websocket" and kind in ("await", "close"):
            fields.fail(kind, "is for a websocket alone")
        if events and isinstance(events[-1], Close):
            fields.fail(kind, "comes after the close")
        at_ms = fields.whole("at_ms", events[-1].at_ms if events else 0, _DAY_MS)
        events.append(_EVENTS[kind](fields, at_ms))
    return tuple(events)


def _json(fields: Fields, at_ms: int) -> SendJson:
    return SendJson(at_ms, fields.value("json"))


def _text(fields: Fields, at_ms: int) -> SendText:
    return SendText(at_ms, fields.text("text", ""))


def _bytes(fields: Fields, at_ms: int) -> SendBytes:
    try:
        return SendBytes(at_ms, base64.b64decode(fields.text("base64", ""), validate=True))
    except (binascii.Error, ValueError):
        fields.fail("base64", "is not base64")


def _await(fields: Fields, at_ms: int) -> Await:
    waited = fields.inner("await", ("kind", "contains"))
    kind = waited.choice("kind", ("json", "binary", "text"))
    contains = waited.mapping("contains", {})
    if contains and kind != "json":
        waited.fail("contains", "is for the kind 'json' alone")
    return Await(at_ms, kind, contains)


def _close(fields: Fields, at_ms: int) -> Close:
    code = fields.whole("close", 1000, 4999)
    if code in NEVER_SENT:
        fields.fail("close", f"is a code that is never sent: write {NEVER_SENT[code]}")
    return Close(at_ms, code)


_EVENTS: Final[dict[str, Callable[[Fields, int], Any]]] = {
    "json": _json,
    "text": _text,
    "base64": _bytes,
    "await": _await,
    "close": _close,
}
