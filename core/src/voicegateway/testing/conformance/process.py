"""Other processes that write to the same ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from voicegateway.testing.conformance.place import LedgerPlace

__all__ = ["Program"]


class Program:
    """A process that opens the ledger and does one of the tasks of `worker.py`. What it is told
    goes through its standard input: a command line may be read by everybody."""

    def __init__(self, place: LedgerPlace, task: str, **more: Any) -> None:
        factory = place.engine_factory
        named = None
        if factory is not None:
            named = f"{factory.__module__}:{getattr(factory, '__qualname__', '')}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voicegateway.testing.conformance.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.tell({"target": place.target, "factory": named, "task": task, **more})

    def tell(self, message: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The next thing it says; fails if it ends without a word."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the other process ended with {self._process.wait(30)}"
        return json.loads(line)

    def kill(self) -> None:
        """At once, as the system does it when memory runs out."""
        self._process.kill()
        self._process.wait(30)

    def end(self) -> int:
        """Waits until it has ended by itself; returns its exit status."""
        return self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
