"""A vendor's usage interface on the loopback interface: it answers what it is given, and goes wrong
when told to. In threads, since `pull_usage_export` is synchronous.

    with UsageCloud(lambda asked: {"data": [], "has_more": False}) as cloud:
        cloud.troubles = [Trouble.BUSY, Trouble.CUT]
        files = list(provider.pull_usage_export(settings_on(cloud.url), start, end, folder))
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

__all__ = ["Trouble", "UsageAsked", "UsageCloud"]


class Trouble(StrEnum):
    """What may befall one request."""

    BUSY = "busy"
    """429, and to come back at once."""
    BUSY_FOR_LONG = "busy_for_long"
    """429, and to come back in a day."""
    BROKEN = "broken"
    """500."""
    CUT = "cut"
    """Half of the answer."""
    NOT_JSON = "not_json"
    DROPPED = "dropped"
    """No answer at all: the connection ends."""
    REFUSED = "refused"
    """401."""
    SENT_ON = "sent_on"
    """302, to `UsageCloud.elsewhere`."""
    SILENT = "silent"
    """Nothing, for as long as the cloud is open."""
    ECHO = "echo"
    """An answer that repeats the headers."""


_STATUS = {
    Trouble.BUSY: 429,
    Trouble.BUSY_FOR_LONG: 429,
    Trouble.BROKEN: 500,
    Trouble.REFUSED: 401,
    Trouble.SENT_ON: 302,
}


@dataclass(frozen=True, slots=True)
class UsageAsked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str] = field(repr=False)
    """By their names in lower case."""
    body: Any = None
    """Parsed JSON; None without a body."""

    def one(self, name: str) -> str | None:
        """The only value of a name in the query."""
        values = self.query.get(name, ())
        return values[0] if len(values) == 1 else None


class UsageCloud:
    """`answer` makes the JSON of a page out of a request; None is a 404. Each request takes the
    next of `troubles`; None among them is none."""

    def __init__(self, answer: Callable[[UsageAsked], Any]) -> None:
        self.answer = answer
        self.asked: list[UsageAsked] = []
        self.troubles: list[Trouble | None] = []
        self.elsewhere = "http://127.0.0.1:9/"
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_trouble(self) -> Trouble | None:
        return self.troubles.pop(0) if self.troubles else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _serve(cloud, self)

            do_POST = do_GET  # noqa: N815 - what the server looks for

            def log_message(self, *_: object) -> None:
                """Says nothing: standard error is the test's."""

        return Handler


def _serve(cloud: UsageCloud, handler: BaseHTTPRequestHandler) -> None:
    asked = _asked(handler)
    cloud.asked.append(asked)
    trouble = cloud.next_trouble()
    if trouble is Trouble.SILENT:
        cloud.closing.wait()
    if trouble in {Trouble.SILENT, Trouble.DROPPED}:
        handler.close_connection = True
        return
    found = {"headers": dict(asked.headers)} if trouble is Trouble.ECHO else cloud.answer(asked)
    status = 404 if found is None else 200
    if trouble is not None:
        status = _STATUS.get(trouble, status)
    text = "<html>" if trouble is Trouble.NOT_JSON else json.dumps(found)
    _send(handler, status, text, trouble, cloud)


def _asked(handler: BaseHTTPRequestHandler) -> UsageAsked:
    parts = urlsplit(handler.path)
    length = int(handler.headers.get("Content-Length") or 0)
    body = handler.rfile.read(length) if length else b""
    return UsageAsked(
        handler.command,
        parts.path,
        parse_qs(parts.query),
        {name.lower(): value for name, value in handler.headers.items()},
        json.loads(body) if body else None,
    )


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    text: str,
    trouble: Trouble | None,
    cloud: UsageCloud,
) -> None:
    body = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    if trouble is Trouble.SENT_ON:
        handler.send_header("Location", cloud.elsewhere)
    if trouble in {Trouble.BUSY, Trouble.BUSY_FOR_LONG}:
        handler.send_header("Retry-After", "0" if trouble is Trouble.BUSY else "86400")
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2] if trouble is Trouble.CUT else body)
