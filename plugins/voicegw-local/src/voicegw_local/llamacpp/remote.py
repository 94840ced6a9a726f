"""The agent's end of the worker process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
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
        self._sinks: dict[int, Sink] = {}
        self._ended = False
        self._ids = itertools.count()
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with tempfile.TemporaryFile() as complaints:
            self._process = _spawn(complaints)
            self._writer = _thread(self._write)
            self._outbox.put({"path": path, "settings": dict(settings)})
            self.speaks_tools = self._greeting(complaints)
        self._reader = _thread(self._read)

    @property
    def alive(self) -> bool:
        return not self._ended and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, body: str, sink: Sink) -> Stop:
        request = next(self._ids)
        with self._lock:
            ended = self._ended  # then nobody would ever say that this one has ended
            self._sinks[request] = sink
        if ended:
            self._deliver(request, _DIED)
        else:
            self._outbox.put({"id": request, "body": body})
        return lambda: self._stop(request)

    def close(self) -> None:
        self._end()
        self._reader.join()
        self._output.close()

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
        self._end()
        self._output.close()
        if message["kind"] == EngineMissingError.__name__:
            raise EngineMissingError(message["failed"])
        raise WorkerDiedError(_first_complaint(complaints) or message["failed"])

    def _end(self) -> None:
        self._outbox.put(None)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._writer.join()

    def _stop(self, request: int) -> None:
        with self._lock:
            running = request in self._sinks
        if running:
            self._outbox.put({"id": request, "stop": True})

    def _write(self) -> None:
        """In a thread: a long conversation fills the pipe, and no event loop waits for it."""
        stream = self._process.stdin
        assert stream is not None
        with contextlib.suppress(OSError):  # it has ended: the reader sees that
            while (message := self._outbox.get()) is not None:
                stream.write(json.dumps(message) + "\n")
                stream.flush()
        with contextlib.suppress(OSError):
            stream.close()  # which the worker takes as the end

    def _read(self) -> None:
        with contextlib.suppress(ValueError):  # a line that was cut off as the worker was killed
            for line in self._output:
                message = json.loads(line)
                final, error = message.get("final", False), message.get("error")
                self._deliver(message["id"], Part(message.get("chunk"), final, error))
        with self._lock:
            self._ended = True
            waiting = list(self._sinks)
        for request in waiting:
            self._deliver(request, _DIED)

    def _deliver(self, request: int, part: Part) -> None:
        with self._lock:
            sink = self._sinks.pop(request, None) if part.final else self._sinks.get(request)
        if sink is not None:
            sink(part)


def _thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name="voicegw-llama", daemon=True)
    thread.start()
    return thread


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
