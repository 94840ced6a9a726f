"""What the meter remembers of one call and of each attempt within it.

A call is one `chat`, `stream`, `synthesize` or `recognize` on a metered object; an attempt is one
run of its stream's `_run`, of which LiveKit may make several. What is pushed in is counted on the
call, since a retry is given the text again; what comes out on the attempt.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from voicegateway.authoring.counters import AttemptCounters, DeclaredTerms
from voicegateway.types import Modality, Mode, Outcome

__all__ = [
    "UNWATCHED",
    "AttemptState",
    "Call",
    "CallEvents",
    "Gate",
    "Leg",
    "Scope",
    "after_failure",
    "report_trouble",
]

logger = logging.getLogger("voicegateway.meter")

UNWATCHED = sys.maxsize
_CLIENT_CLOSED = 499  # LiveKit ends such an attempt in silence: the client has hung up
_reported: set[str] = set()

after_failure: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "voicegw_after_failure", default=None
)
"""The `provider/model` in whose place the calls of this context are made, because it failed."""


def report_trouble(where: str, error: BaseException) -> None:
    """Say once that the meter failed, without the error's text, which may carry what was said."""
    if where not in _reported:
        _reported.add(where)
        logger.warning(
            "The meter failed in %s (%s); calls go on, rows may be missing. Please report this.",
            where,
            type(error).__name__,
            exc_info=logger.isEnabledFor(logging.DEBUG),
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a call belongs to."""

    project: str
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """Which model a metered object asks, under the gateway's own names."""

    provider: str
    model: str
    modality: Modality


@dataclass(slots=True, eq=False)
class AttemptState:
    """One run. Times are seconds of `time.perf_counter()`."""

    number: int
    started_us: int
    started: float
    sent: bool
    """False for a call that was closed before its first attempt could begin."""
    input_start: int
    """The call's input count when this attempt began: audio is not sent a second time."""
    input_end: int | None = None
    ended: float | None = None
    first_output: float | None = None
    chunks: list[Any] = field(default_factory=list)
    """What a language model sent, only to be counted; never stored."""
    texts: list[str] = field(default_factory=list)
    """What was said in them, or heard; likewise."""
    output_samples: int = 0
    output_rate: int = 0
    usage: Any = None
    """The vendor's usage so far, as LiveKit handed it over."""
    usage_events: int = 0
    counters: AttemptCounters = field(default_factory=AttemptCounters)
    """What the plugin itself notes of the vendor's counters."""
    request_id: str | None = None
    error: BaseException | None = None
    inner: Any = None
    """The stream that `_synthesize_with_stream` made inside this attempt."""
    timer: asyncio.TimerHandle | None = None
    """Of the next checkpoint."""


class Gate(Protocol):
    """Who decides whether a call may be made: budgets and limits."""

    def admit(self, call: Call) -> None:
        """Before each attempt; raises what the caller shall be told."""

    async def enter(self, call: Call) -> None:
        """As each attempt begins: waits for what may be waited for."""

    def extend(self, call: Call, attempt: AttemptState) -> Exception | None:
        """From time to time while a stream runs: what to end it with, if it must end."""

    def cover(self, call: Call, size: int) -> Exception | None:
        """Before a stream sends `size` characters or samples, with which it has sent more than
        `covered`: what to end it with, if it must end."""

    def ended(self, call: Call, attempt: AttemptState) -> None:
        """An attempt is over."""

    def done(self, call: Call) -> None:
        """The call is over, or will not begin; an attempt that was admitted and has not begun
        never will."""


class CallEvents(Protocol):
    """Who is told of a call's attempts."""

    def opened(self, call: Call, attempt: AttemptState) -> None: ...

    def checkpointed(self, call: Call, attempt: AttemptState) -> None: ...

    def closed(self, call: Call, attempt: AttemptState, outcome: Outcome) -> None: ...


@dataclass(slots=True, eq=False)
class Call:
    """One call on a metered object, and the attempt that is running."""

    id: str
    leg: Leg
    scope: Scope
    mode: Mode
    events: CallEvents
    checkpoint_seconds: float
    terms: DeclaredTerms = field(default_factory=DeclaredTerms)
    gate: Gate | None = None
    runner: asyncio.Task[Any] | None = None
    """The task whose `_run` is running."""
    halted: Exception | None = None
    """What the call is to end with, though it could go on."""
    covered: int = UNWATCHED
    """Until how much input (characters, or samples) nobody need be asked."""
    speech_id: str | None = None
    fallback_from: str | None = None
    verifiable: bool = True
    """False where only LiveKit's events are left to go by."""
    stream: Any = None
    on_begin: Callable[[], None] | None = None
    """What a tap has to set anew for each attempt."""
    prompt_chars: int = 0
    prompt_bytes: int = 0
    prompt_messages: int = 0
    tool_bytes: int = 0
    """The descriptions of the tools that a prompt comes with."""
    output_limit: int | None = None
    """Tokens that the answer may have at most, where the call says so."""
    counted_under: list[str] = field(default_factory=list)
    """The limits that count this call as open."""
    held_nano: int | None = None
    """What its present or coming attempt holds of a budget; None: it needs to hold nothing."""
    input_count: int = 0
    """Characters, or audio samples, handed in so far."""
    input_rate: int = 0
    """Samples a second of the audio handed in."""
    current: AttemptState | None = None
    attempts: int = 0

    def begin(self, *, sent: bool = True) -> AttemptState:
        """A new attempt starts; the one before it, if it is still open, has failed."""
        start = 0
        if self.current is not None:
            start = self.current.input_end or 0
            self.end("failed")
        self.attempts += 1
        attempt = AttemptState(
            number=self.attempts,
            started_us=time.time_ns() // 1000,
            started=time.perf_counter(),
            sent=sent,
            input_start=start,
        )
        self.current = attempt
        if self.on_begin is not None:
            self.on_begin()
        self._tell("opened", attempt)
        self._schedule(attempt)
        return attempt

    def run_ended(self, error: BaseException | None) -> None:
        """`_run` is over. In TTS, frames and the "no audio" error still come after this."""
        if self.current is not None:
            self.current.ended = time.perf_counter()
            if error is not None:
                self.current.input_end = self.input_count
                if not isinstance(error, asyncio.CancelledError):
                    self.current.error = error

    def failed(self, error: BaseException) -> None:
        """LiveKit says that the attempt failed."""
        if self.current is not None:
            self.current.error = error
            self.current.ended = time.perf_counter()
            self.current.input_end = self.input_count

    def task_done(self, task: asyncio.Task[Any]) -> None:
        """The stream's task is over, and with it the last attempt."""
        try:
            if self.attempts == 0:  # closed within its first tick: nothing was sent
                self.begin(sent=False)
            self.end(self._outcome(task))
            if self.gate is not None:
                self.gate.done(self)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("task_done", error)

    def end(self, outcome: Outcome) -> None:
        attempt, self.current = self.current, None
        if attempt is None:
            return
        if attempt.timer is not None:
            attempt.timer.cancel()
        if self.gate is not None:
            self.gate.ended(self, attempt)
        if attempt.ended is None:
            attempt.ended = time.perf_counter()
        if attempt.input_end is None:
            attempt.input_end = self.input_count
        self._tell("closed", attempt, outcome)

    def _outcome(self, task: asyncio.Task[Any]) -> Outcome:
        if task.cancelled():
            if self.current is not None and self.current.error is not None:
                return "failed"  # it was given up, or was between two attempts
            # An STT stream is ended by closing it: everything pushed was heard, nothing cut off.
            return "completed" if self.leg.modality is Modality.STT else "cancelled"
        if task.exception() is not None:
            return "failed"
        error = self.current.error if self.current is not None else None
        if getattr(error, "status_code", None) == _CLIENT_CLOSED:
            return "cancelled"
        return "completed"

    def _schedule(self, attempt: AttemptState) -> None:
        loop = asyncio.get_running_loop()
        attempt.timer = loop.call_later(self.checkpoint_seconds, self._checkpoint, attempt)

    def _checkpoint(self, attempt: AttemptState) -> None:
        if self.current is attempt:
            self._tell("checkpointed", attempt)
            self._extend(attempt)
            self._schedule(attempt)

    def _extend(self, attempt: AttemptState) -> None:
        if self.gate is None:
            return
        try:
            error = self.gate.extend(self, attempt)
        except Exception as trouble:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("extend", trouble)
            return
        if error is not None:
            self.halt(error)

    def cover(self, size: int) -> bool:
        """Before more is sent than is covered; False if it must not be."""
        if self.halted is not None:
            return False
        try:
            error = None if self.gate is None else self.gate.cover(self, size)
        except Exception as trouble:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("cover", trouble)
            return True
        if error is not None:
            self.halt(error)
        return error is None

    def halt(self, error: Exception) -> None:
        """End the running attempt, or the one that is about to begin, with this error."""
        if self.halted is None:
            self.halted = error
            if self.runner is not None:
                self.runner.cancel()

    def _tell(self, event: str, *arguments: Any) -> None:
        try:
            getattr(self.events, event)(self, *arguments)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble(event, error)
