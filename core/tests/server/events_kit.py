"""A real server in a process of its own, and clients that listen to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass
class Event:
    name: str
    id: str
    data: Any

    @property
    def row(self) -> tuple[str, str]:
        return self.data["id"], self.data["outcome"]


class Server:
    """uvicorn, with whatever the environment says, on this ledger."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "voicegateway.server.app:create_app",
        ]
        options = ["--port", str(self.port), "--log-level", "warning"]
        env = os.environ | {"VOICEGW_DB_PATH": str(self.database)}
        self.process = subprocess.Popen([*program, *options], env=env)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.url}/health")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not start")

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int:
        """Raises `subprocess.TimeoutExpired` if it does not."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def listen(self, *, last: str | None = None, **query: str) -> Iterator[Iterator[Event]]:
        """Events; a heartbeat, or the place that a stream begins at, has the name `alive`."""
        headers = {} if last is None else {"Last-Event-ID": last}
        with (
            httpx.Client(timeout=30) as client,
            client.stream("GET", f"{self.url}/v1/events", params=query, headers=headers) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    """As the standard reads a stream: an empty line ends an event."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield Event(fields["event"], fields["id"], json.loads(fields["data"]))
        elif "id" in fields:
            yield Event("alive", fields["id"], None)
        fields = {}


def begun(stream: Iterator[Event]) -> str:
    """Waits until the stream is live; returns the place it begins at."""
    first = next(stream)
    assert first.name == "alive"
    return first.id
