"""The events of an HTTP answer: one body, or server-sent events."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from voicegateway.testing.recorder.conversations import said
from voicegateway.testing.recorder.redaction import Redaction
from voicegateway.testing.recorder.tape import Tape
from voicegateway.testing.recordings.answers import parsed
from voicegateway.testing.recordings.model import Event, SendJson, SendText

__all__ = ["body", "server_sent"]

_TEXTUAL = re.compile(r"^text/|json$|xml$")
_SSE_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(r"(data: ?|)([^\r\n]*)([\r\n]+|$)")


def body(tape: Tape, kind: str, redaction: Redaction) -> Iterator[Event]:
    """JSON and text in one piece; anything else, by its content type, in the pieces that came."""
    pieces = [seen for seen in tape.seen if seen.by == "server"]
    if not _TEXTUAL.search(kind):  # silence, too, can be read as text
        yield from (said(piece, redaction) for piece in pieces)
        return
    joined = b"".join(piece.data for piece in pieces if isinstance(piece.data, bytes))
    text, at_ms = joined.decode(errors="replace"), pieces[-1].at_ms if pieces else 0
    value = parsed(text)
    if not isinstance(value, str):
        yield SendJson(at_ms, redaction.json(value))
    elif text:
        yield SendText(at_ms, "".join(_lines(text, redaction)))


def server_sent(tape: Tape, redaction: Redaction) -> Iterator[Event]:
    """One for each event, at the time when it was complete."""
    rest, at_ms = b"", 0
    for seen in tape.seen:
        if seen.by == "client" or not isinstance(seen.data, bytes):
            continue
        rest, at_ms = rest + seen.data, seen.at_ms
        while end := _SSE_END.search(rest):
            yield _server_sent_one(at_ms, rest[: end.end()], redaction)
            rest = rest[end.end() :]
    if rest:
        yield _server_sent_one(at_ms, rest, redaction)


def _server_sent_one(at_ms: int, raw: bytes, redaction: Redaction) -> Event:
    text = raw.decode(errors="replace")
    value = parsed(text.removeprefix("data:"))
    if text.startswith("data:") and text.endswith("\n\n") and not isinstance(value, str):
        return SendJson(at_ms, redaction.json(value))
    return SendText(at_ms, "".join(_lines(text, redaction)))


def _lines(text: str, redaction: Redaction) -> Iterator[str]:
    """Each cleaned: as JSON where it is JSON, behind `data:` or alone."""
    for mark, line, end in _LINE.findall(text):
        value = parsed(line)
        if isinstance(value, str):
            yield f"{redaction.text(mark + line)}{end}"
        else:
            yield f"{mark}{json.dumps(redaction.json(value), ensure_ascii=False)}{end}"
