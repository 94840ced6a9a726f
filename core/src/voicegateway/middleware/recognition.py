"""The tap on speech-to-text without a stream: `recognize` is the call, each `_recognize_impl`
within it an attempt, and every attempt sends the whole buffer again."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable
from typing import Any

from voicegateway.authoring.counters import running_counters
from voicegateway.errors import BudgetThrottleSignal
from voicegateway.middleware.call import AttemptState, Call, report_trouble
from voicegateway.middleware.elsewhere import Instead, elsewhere
from voicegateway.middleware.taps import running_attempt

__all__ = ["shadow_recognize"]

_Recognize = Callable[..., Awaitable[Any]]

_current: contextvars.ContextVar[tuple[object, Call] | None] = contextvars.ContextVar(
    "voicegw_recognize_call", default=None
)


def shadow_recognize(
    target: Any, owner: object, new_call: Callable[[], Call], instead: Instead | None = None
) -> None:
    """Shadow `recognize` and `_recognize_impl` of one native STT object."""
    target.recognize = _shadowed_recognize(target.recognize, owner, new_call, instead)
    target._recognize_impl = _shadowed_implementation(target._recognize_impl, owner, new_call)


def _shadowed_recognize(
    recognize: _Recognize, owner: object, new_call: Callable[[], Call], instead: Instead | None
) -> Any:
    async def shadowed_recognize(*arguments: Any, **keywords: Any) -> Any:
        call = new_call()
        _count(call, arguments[0] if arguments else keywords["buffer"])
        if call.gate is not None:
            try:
                call.gate.admit(call)
            except BudgetThrottleSignal as signal:
                with elsewhere(instead, call, signal) as other:
                    return await other.recognize(*arguments, **keywords)
        token = _current.set((owner, call))
        try:
            return await recognize(*arguments, **keywords)
        finally:
            _current.reset(token)
            if call.gate is not None:
                call.gate.done(call)

    return shadowed_recognize


def _shadowed_implementation(
    implementation: _Recognize, owner: object, new_call: Callable[[], Call]
) -> Any:
    async def shadowed_implementation(buffer: Any, **keywords: Any) -> Any:
        await _enter(owner)
        call, attempt = _begin(owner, new_call, buffer)
        token = counting = None
        if attempt is not None:
            token = running_attempt.set((owner, attempt))
            counting = running_counters.set(attempt.counters)
        try:
            event = await implementation(buffer, **keywords)
        except asyncio.CancelledError:
            _end(call, "cancelled", None, None)
            raise
        except BaseException as error:
            _end(call, "failed", error, None)
            raise
        else:
            _end(call, "completed", None, event)
            return event
        finally:
            if token is not None:
                running_attempt.reset(token)
            if counting is not None:
                running_counters.reset(counting)

    return shadowed_implementation


async def _enter(owner: object) -> None:
    """A retry is an attempt of its own; the first one was admitted with its call."""
    known = _current.get()
    call = known[1] if known is not None and known[0] is owner else None
    if call is None or call.gate is None:
        return
    if call.attempts:
        call.gate.admit(call)
    await call.gate.enter(call)


def _begin(
    owner: object, new_call: Callable[[], Call], buffer: Any
) -> tuple[Call | None, AttemptState | None]:
    try:
        known = _current.get()
        call = known[1] if known is not None and known[0] is owner else new_call()
        _count(call, buffer)
        return call, call.begin()
    except Exception as error:  # noqa: BLE001 - ours never reaches the agent
        report_trouble("recognize", error)
        return None, None


def _count(call: Call, buffer: Any) -> None:
    frames = buffer if isinstance(buffer, list) else [buffer]
    call.input_count = sum(frame.samples_per_channel for frame in frames)
    call.input_rate = frames[0].sample_rate if frames else 0


def _end(call: Call | None, outcome: Any, error: BaseException | None, event: Any) -> None:
    if call is None or call.current is None:
        return
    try:
        call.run_ended(error)
        if event is not None:
            _read_event(call.current, event)
        call.end(outcome)
    except Exception as trouble:  # noqa: BLE001 - ours never reaches the agent
        report_trouble("recognize", trouble)


def _read_event(attempt: AttemptState, event: Any) -> None:
    attempt.first_output = time.perf_counter()
    attempt.request_id = event.request_id or None
    attempt.texts += [heard.text or "" for heard in event.alternatives[:1]]  # some vendors' is None
    usage = event.recognition_usage
    if usage is not None:
        attempt.usage = (usage.audio_duration, usage.input_tokens, usage.output_tokens)
        attempt.usage_events = 1
