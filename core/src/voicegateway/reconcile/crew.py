"""Processes that price rows beside this one: each reads, prices and writes slices of the period,
for the time goes into Python's own work, of which a process does one thing at a time."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

from voicegateway.errors import LedgerError
from voicegateway.reconcile.repricing import Run
from voicegateway.reconcile.slices import slices_of
from voicegateway.storage.queries import Period

__all__ = ["Crew", "crew_for"]

_PROGRAM: Final = "from voicegateway.reconcile.crew_member import main; main()"
_WORTH: Final = 60_000
"""Rows that take longer than another process needs to start."""
_MOST: Final = 3
"""Beside this one: all of them write to one ledger."""
_AHEAD: Final = 2
"""Slices that one has at a time, so that it never waits for the next."""


def crew_for(config: Path | None, rows: int) -> Crew | None:
    """As many as there are processors for; None where it is not worth it."""
    free = min(_processors() - 1, _MOST)
    return Crew(config, free) if rows >= _WORTH and free > 0 and sys.executable else None


def _processors() -> int:
    mine = getattr(os, "sched_getaffinity", None)  # on Linux: a container may have fewer
    return len(mine(0)) if mine else os.cpu_count() or 1


class Crew:
    """So many processes, which take everything from the config but what is handed to them."""

    def __init__(self, config: Path | None, size: int) -> None:
        self._config = config
        self._size = size

    def share(self, run: Run) -> Iterator[int]:
        """See `Colleagues`. Raises `LedgerError` for what goes wrong in another process."""
        waiting = deque(slices_of(run.reader, run.result.period))
        with contextlib.ExitStack() as stack:
            request = self._request(run)
            members = [stack.enter_context(_Member(request)) for _ in range(self._size)]
            while waiting:
                _hand_out(members, waiting)
                if waiting:
                    for count in run.price(waiting.popleft()):
                        yield count + sum(member.heard() for member in members)
                        _hand_out(members, waiting)
            for member in members:
                yield from member.rest()
                _add(run, member.figures)

    def _request(self, run: Run) -> dict[str, Any]:
        day = run.result.as_of
        return {
            "config": None if self._config is None else str(self._config),
            "batch": None if run.writer is None else run.writer.batch,
            "as_of": None if day is None else day.isoformat(),
            "project": run.project,
            "provider": run.provider,
        }


def _hand_out(members: list[_Member], waiting: deque[Period]) -> None:
    for member in members:
        while waiting and member.slices < _AHEAD:
            member.give(waiting.pop())


def _add(run: Run, figures: dict[str, Any]) -> None:
    run.know_legs({leg_id for leg_id, _ in figures["models"]})
    run.result.add(figures, run.legs)


class _Member:
    """One process."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.slices = 0
        """That it was given and has not finished."""
        self.figures: dict[str, Any] = {}
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a program of ours
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the command, which then ends this one
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self._send(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # where it has ended by itself: nothing
        self._process.wait()
        self._reading.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def give(self, piece: Period) -> None:
        self.slices += 1
        self._send([piece.start_us, piece.end_us])

    def heard(self) -> int:
        """How many rows it has priced since it was last asked."""
        rows = 0
        with contextlib.suppress(queue.Empty):
            while True:
                rows += self._took(self._lines.get_nowait())
        return rows

    def rest(self) -> Iterator[int]:
        """Waits until it has done all; gives the numbers of rows."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        while not self.figures:
            yield self._took(self._lines.get())

    def _took(self, line: bytes) -> int:
        if not line:
            raise LedgerError(
                "A process that prices a part of the rows ended early (status "
                f"{self._process.wait()}): what was written stays, marked as unfinished. "
                "Run the command again."
            )
        message = json.loads(line)
        if "error" in message:
            raise LedgerError(message["error"])
        self.slices -= "slice" in message
        self.figures = message.get("figures", self.figures)
        return int(message.get("rows", 0))

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the end of its answers says that
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")
