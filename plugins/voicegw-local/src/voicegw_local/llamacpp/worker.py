"""llama.cpp in a process of its own: `python -m voicegw_local.llamacpp.worker`.

xllamacpp holds Python's interpreter lock for as long as it loads a model: half a second for a
100 MB one, many seconds for one of several GB, in which an agent in the same process would hear
and say nothing. Loaded here, it stops nobody; and if llama.cpp ever aborts, which is how it
reports an unusable model or a lack of memory, the agent lives on.

One JSON object a line. In: first `{"path", "settings"}`, then `{"id", "body"}` to begin a request
and `{"id", "stop": true}` to end it. Out: `{"ready": {"speaks_tools"}}` or `{"failed"}`, then
`{"id", "chunk"}` and last `{"id", "final": true, "error"}`. The end of the input ends the worker,
so it cannot outlive the agent that started it. Why a model cannot be loaded is on the standard
error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from voicegw_local.llamacpp.engine import LocalEngine, Part, Sink

__all__ = ["main"]


class _Wire:
    """Lines to the agent, whole and one at a time."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._stream.write(json.dumps(message) + "\n")
            self._stream.flush()

    def sink(self, request: int, ended: Callable[[], object]) -> Sink:
        def send(part: Part) -> None:
            if part.final:
                ended()
                self.send({"id": request, "final": True, "error": part.error})
            else:
                self.send({"id": request, "chunk": part.chunk})

        return send


def main() -> None:
    """Serve until the input ends."""
    for told in (signal.SIGINT, signal.SIGTERM):  # is for the agent, which may have turns to end
        signal.signal(told, signal.SIG_IGN)
    wire = _Wire(_private_output())
    first = json.loads(sys.stdin.readline() or "null")
    if first is None:
        return
    try:
        engine = LocalEngine(first["path"], first["settings"], verbosity=1)
    except Exception as error:  # noqa: BLE001 - told to the agent, which raises it
        wire.send({"failed": str(error), "kind": type(error).__name__})
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # from here on its errors may quote a prompt
    wire.send({"ready": {"speaks_tools": engine.speaks_tools}})
    try:
        _serve(engine, wire)
    finally:
        os._exit(0)  # not waiting for a generation that nobody hears


def _serve(engine: LocalEngine, wire: _Wire) -> None:
    running: dict[int, threading.Event] = {}
    for line in sys.stdin:
        message = json.loads(line)
        request = message["id"]
        if not message.get("stop"):
            running[request] = threading.Event()
            sink = wire.sink(request, partial(running.pop, request))
            engine.start(message["body"], sink, running[request])
        elif (stopped := running.get(request)) is not None:  # else it has ended by itself
            stopped.set()


def _private_output() -> IO[str]:
    """The standard output for ourselves: whatever the engine prints goes to the standard error."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(ours, "w", encoding="utf-8")


if __name__ == "__main__":
    main()
