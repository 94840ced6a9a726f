"""Ask plugins in another process, with a limit on the time that each may take.

One worker serves all plugins one after the other, so that asking healthy ones costs one start of
the interpreter. Where one of them hangs, crashes or ends the process, that one is to blame, and
another worker goes on behind it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voicegateway.core.inspection.results import Step, Task
from voicegateway.core.registry import PluginRecord
from voicegateway.errors import PluginError

__all__ = ["Answer", "Claim", "Trouble", "ask", "claims_of"]

_PROGRAM = "from voicegateway.core.inspection.worker import main; main()"
_START = 30.0
"""Seconds for the interpreter and the core: no plugin's fault."""
_DOING = {
    Step.LOAD: "its import",
    Step.INFO: "its provider_info",
    Step.RATES: "its list_rates",
    Step.ASKING: "its check_provider",
    Step.PRICES: "its price_usage",
    Step.VERDICTS: "its validate_stream",
    Step.FACTORIES: "a factory of it",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One distribution's claim to a provider id."""

    provider: str
    distribution: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer, or no whole one: a sentence, and what was going on."""

    what: str
    step: Step = Step.LOAD


@dataclass(slots=True)
class Answer:
    """What one plugin said: the values as JSON has them."""

    claim: Claim
    values: list[Any] = field(default_factory=list)
    trouble: Trouble | None = None


def claims_of(records: Iterable[PluginRecord]) -> list[Claim]:
    return [Claim(record.provider, record.distribution) for record in records]


def ask(
    task: Task,
    claims: Sequence[Claim],
    seconds: float,
    disabled: Sequence[str] = (),
    *,
    details: Mapping[str, str | None] | None = None,
) -> Iterator[Answer]:
    """Every claim's answer, in their order; each plugin has so many seconds. `disabled` is what the
    config turns off, for it settles who may answer for an id; `details` is what the task needs
    besides."""
    waiting = list(claims)
    while waiting:
        answered = 0
        for answer in _Worker(task, waiting, disabled, details or {}).answers(seconds):
            yield answer
            answered += 1
        waiting = waiting[answered:]


class _Worker:
    """One process. Its standard output carries the answers and is hidden from the plugins."""

    def __init__(
        self,
        task: Task,
        claims: Sequence[Claim],
        disabled: Sequence[str],
        details: Mapping[str, str | None],
    ) -> None:
        self._claims = claims
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._step = Step.LOAD
        request = {
            "task": task,
            "claims": [[one.provider, one.distribution] for one in claims],
            "disabled": list(disabled),
            "details": dict(details),
        }
        self._request = json.dumps(request).encode()

    def answers(self, seconds: float) -> Iterator[Answer]:
        """Ends after the first plugin that did not come back."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with subprocess.Popen(  # noqa: S603 - this interpreter, and a program of ours
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # so that what a plugin has started ends with it
        ) as process:
            try:
                threading.Thread(target=self._read, args=[process], daemon=True).start()
                yield from self._converse(process, seconds)
            finally:
                _kill(process)

    def _converse(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[Answer]:
        self._begin()
        for claim in self._claims:
            answer = Answer(claim)
            answer.trouble = self._collect(answer.values, process, seconds)
            yield answer
            if answer.trouble is not None and process.poll() is not None:
                return

    def _begin(self) -> None:
        try:
            begun = self._next(_START)
        except TimeoutError:
            begun = None
        if begun is None:
            raise PluginError(
                "Plugins are looked at in a process of their own, and none could be started: try "
                f"`{sys.executable} -c 'import voicegateway'`."
            )

    def _collect(
        self, values: list[Any], process: subprocess.Popen[bytes], seconds: float
    ) -> Trouble | None:
        """Read one plugin's messages; what ended it early, if anything did."""
        self._step = Step.LOAD
        until = time.monotonic() + seconds
        while True:
            try:
                message = self._next(until - time.monotonic())
            except TimeoutError:
                _kill(process)
                process.wait()
                return Trouble(f"{_doing(self._step)} was not done after {seconds:g} s", self._step)
            if message is None:
                return Trouble(f"{_doing(self._step)} {_end(process.wait())}", self._step)
            if "step" in message:
                self._step = Step(message["step"])
            elif "value" in message:
                values.append(message["value"])
            else:
                error = message.get("error")
                return Trouble(error, self._step) if error else None

    def _next(self, seconds: float) -> dict[str, Any] | None:
        """The next message; None at the end. Raises `TimeoutError`."""
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise TimeoutError from None
            if line is None:
                return None
            message = _parsed(line)
            if message is not None:
                return message

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(self._request)
            process.stdin.close()
            for line in process.stdout:
                self._lines.put(line)
        except (OSError, ValueError):  # it died early, or we have had enough of it
            pass
        self._lines.put(None)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it has started; fine if it has ended."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """None for what a start-up file of the environment printed before the worker began."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _doing(step: Step) -> str:
    return _DOING.get(step, f"the check {step.value!r} of it")


def _end(status: int) -> str:
    """How a process that did not finish has ended: a negative status is a signal's number."""
    if status >= 0:
        return f"ended the whole process with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"crashed the interpreter ({name})"
