"""From a tape to the exchange of a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from voicegateway.testing.recorder.bodies import body, server_sent
from voicegateway.testing.recorder.conversations import conversation, json_object
from voicegateway.testing.recorder.errors import RecorderError
from voicegateway.testing.recorder.redaction import LEAST_LENGTH, Redaction, is_choice
from voicegateway.testing.recorder.tape import Tape
from voicegateway.testing.recordings.answers import REFERENCE
from voicegateway.testing.recordings.model import Event, Exchange, SendBytes

__all__ = ["exchange_of", "references_of"]

_WITHOUT_SPACE = re.compile(r"\S+")


def exchange_of(tape: Tape, redaction: Redaction) -> Exchange:
    """What the vendor did, cleaned; the client's messages are what it waits for. Raises
    `RecorderError` where the vendor's own words would be read as a reference."""
    _clean(tape, redaction)  # to learn the ids
    exchange = _clean(tape, redaction)
    ours = redaction.references.values()
    for event in exchange.events:
        words = "" if isinstance(event, SendBytes) else str(event)
        strange = next(
            (found[0] for found in REFERENCE.finditer(words) if found[0] not in ours), ""
        )
        if strange:
            raise RecorderError(
                f"The vendor said {strange!r}, which the format reads as a reference to what the "
                "client said: ask it something else."
            )
    return exchange


def references_of(tape: Tape) -> Iterator[tuple[str, str]]:
    """Values that the client made up, such as the id of its request, and never changed, each with
    the `${name}` that stands for it."""
    values: dict[str, set[str]] = {}
    for seen in tape.seen:
        message = json_object(seen.data) if seen.by == "client" else None
        for name, value in (message or {}).items():
            if not is_choice(name) and name.isidentifier():
                values.setdefault(name, set()).add(value if isinstance(value, str) else "")
    for name, given in values.items():
        (value, *others) = given
        if not others and len(value) >= LEAST_LENGTH and _WITHOUT_SPACE.fullmatch(value):
            yield value, f"${{{name}}}"


def _clean(tape: Tape, redaction: Redaction) -> Exchange:
    kind = tape.answer_headers.get("content-type", "").partition(";")[0].strip()
    headers = redaction.headers(tape.answer_headers)
    transport: Literal["websocket", "http", "sse"]
    events: Iterable[Event]
    if tape.is_websocket:
        headers.pop("content-type", None)
        transport, events = "websocket", conversation(tape, redaction)
    elif kind == "text/event-stream":
        transport, events = "sse", server_sent(tape, redaction)
    else:
        headers.setdefault("content-type", "application/octet-stream")
        transport, events = "http", body(tape, kind, redaction)
    return Exchange(
        transport=transport,
        method=tape.method,
        path=tape.path,
        status=tape.status,
        headers=headers,
        events=tuple(events),
    )
