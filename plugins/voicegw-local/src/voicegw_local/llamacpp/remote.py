"""The agent's end of the worker process."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any

from voicegw_local.engines import EngineMissingError
from voicegw_local.llamacpp.engine import Part, Sink, Stop

__all__ = ["WorkerDiedError", "WorkerEngine"]

_PATIENCE = 5.0  # seconds for the worker to end by itself
_COMPLAINT = re.compile(r"^\S+ E (.+)$", re.MULTILINE)
_DIED = Part(final=True, error="the worker process has ended", lost=True)


class WorkerDiedError(RuntimeError):
    """The process that runs the model has ended, or never came up."""


class WorkerEngine:
    """A model in a worker process, used like one in this."""

    def __init__(self, path: str, settings: Mapping[str, Any]) -> None:
        """Blocks, without holding the interpreter's lock, until the model is loaded. Raises
        `EngineMissingError`, or `WorkerDiedError` with what the engine said."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._sinks: dict[int, Sink] = {}
        self._ids = itertools.count()
        with tempfile.TemporaryFile() as complaints:
            self._process = _spawn(complaints)
            self._send({"path": path, "settings": dict(settings)})
            self.speaks_tools = self._greeting(complaints)
        self._reader = threading.Thread(target=self._read, name="voicegw-llama-read", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, body: str, sink: Sink) -> Stop:
        request = next(self._ids)
        with self._lock:
            self._sinks[request] = sink
        if not self.alive or not self._send({"id": request, "body": body}):
            self._deliver(request, _DIED)
        return lambda: self._stop(request)

    def close(self) -> None:
        self._input.close()  # which the worker takes as the end
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_PATIENCE)
        self._output.close()

    @property
    def _input(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _output(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _greeting(self, complaints: IO[bytes]) -> bool:
        message: dict[str, Any] = {"failed": "its process ended while loading", "kind": ""}
        if line := self._output.readline():
            message = json.loads(line)
        if "ready" in message:
            return bool(message["ready"]["speaks_tools"])
        self._process.wait(_PATIENCE)
        self._input.close()
        self._output.close()
        if message["kind"] == EngineMissingError.__name__:
            raise EngineMissingError(message["failed"])
        raise WorkerDiedError(_first_complaint(complaints) or message["failed"])

    def _stop(self, request: int) -> None:
        with self._lock:
            running = request in self._sinks
        if running:
            self._send({"id": request, "stop": True})

    def _send(self, message: dict[str, Any]) -> bool:
        with self._writing:
            try:
                self._input.write(json.dumps(message) + "\n")
                self._input.flush()
            except (OSError, ValueError):  # it has ended, or we have closed it
                return False
        return True

    def _read(self) -> None:
        for line in self._output:
            message = json.loads(line)
            if message.get("final"):
                self._deliver(message["id"], Part(final=True, error=message["error"]))
            else:
                self._deliver(message["id"], Part(message["chunk"]))
        with self._lock:
            waiting = list(self._sinks)
        for request in waiting:
            self._deliver(request, _DIED)

    def _deliver(self, request: int, part: Part) -> None:
        with self._lock:
            sink = self._sinks.pop(request, None) if part.final else self._sinks.get(request)
        if sink is not None:
            sink(part)


def _spawn(complaints: IO[bytes]) -> subprocess.Popen[str]:
    environment = {
        # Threads that wait for each other spin in it, for milliseconds. With anything else at work
        # on the machine that made it 12 times slower (60 tokens on 2 cores beside Whisper: 30 s in
        # place of 2.5 s; undisturbed 1.1 s both ways).
        "GOMP_SPINCOUNT": "1000",
        **os.environ,
        # Its modules are found where ours are; -P: and not in whatever folder we stand in.
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "voicegw_local.llamacpp.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env=environment,
        encoding="utf-8",
    )


def _first_complaint(complaints: IO[bytes]) -> str | None:
    """What llama.cpp said first of why it cannot load: the later lines follow from it."""
    complaints.seek(0)
    found = _COMPLAINT.search(complaints.read().decode(errors="replace"))
    return found[1].strip() if found else None
