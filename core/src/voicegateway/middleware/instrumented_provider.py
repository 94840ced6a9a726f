"""The meter: makes every attempt on a native LiveKit object a row of the ledger.

It shadows methods on that one instance and returns the same instance, because `AgentSession`
gates its wiring on `isinstance` and a proxy would be skipped in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from livekit.agents import llm, stt, tts

from voicegateway.authoring.counters import declared_terms
from voicegateway.errors import BudgetThrottleSignal
from voicegateway.middleware import livekit_names
from voicegateway.middleware.call import (
    Call,
    CallEvents,
    Gate,
    Leg,
    Scope,
    after_failure,
    report_trouble,
)
from voicegateway.middleware.elsewhere import Instead, elsewhere
from voicegateway.middleware.metrics_listener import listen
from voicegateway.middleware.prompts import count_prompt, output_limit
from voicegateway.middleware.recognition import shadow_recognize
from voicegateway.middleware.taps import running_attempt, tap_stream
from voicegateway.storage.models import new_call_id
from voicegateway.types import Mode

__all__ = ["CHECKPOINT_SECONDS", "Meter", "belong_to", "is_metered", "leg_of", "meter"]

logger = logging.getLogger("voicegateway.meter")

CHECKPOINT_SECONDS = 5.0
_MARK = "_voicegw_meter"


@dataclass(slots=True, eq=False)
class Meter:
    """What one metered object's shadows share."""

    target: Any
    leg: Leg
    events: CallEvents
    scope: Callable[[Any], Scope]
    """Whom a call made now belongs to; given the AgentSession it is made for, if one is known."""
    on_session: Callable[[Any], object]
    """Told when an AgentSession starts to listen to this object."""
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    gate: Gate | None = None
    instead: Instead | None = None
    """For calls that are throttled."""
    session: Any = None
    degraded: bool = False

    def new_call(self, mode: Mode) -> Call:
        return Call(
            id=new_call_id(),
            leg=self.leg,
            scope=self.scope(livekit_names.agent_session() or self.session),
            mode=mode,
            events=self.events,
            checkpoint_seconds=self.checkpoint_seconds,
            terms=declared_terms(self.target),
            gate=self.gate,
            speech_id=livekit_names.speech_id(),
            fallback_from=after_failure.get(),
        )

    def degrade(self, reason: str) -> None:
        """Attempts can no longer be told apart: fall back to what LiveKit's events say."""
        if not self.degraded:
            self.degraded = True
            logger.warning(
                "%s, so %s/%s is metered from events alone and its rows are unverifiable: "
                "please tell us which livekit-agents you use.",
                reason,
                self.leg.provider,
                self.leg.model,
            )
            listen(self.target, lambda: self.new_call("streaming"))


def is_metered(target: object) -> bool:
    return _MARK in getattr(target, "__dict__", {})


def leg_of(target: object) -> Leg | None:
    """Which model a metered object asks; None for one that is not metered."""
    state: Meter | None = getattr(target, "__dict__", {}).get(_MARK)
    return None if state is None else state.leg


def belong_to(target: object, session: object) -> None:
    """An AgentSession listens to this object, or to an adapter that asks it."""
    state: Meter | None = getattr(target, "__dict__", {}).get(_MARK)
    if state is not None:
        state.session = session
        state.on_session(session)


def meter(
    target: Any,
    leg: Leg,
    events: CallEvents,
    scope: Callable[[Any], Scope],
    on_session: Callable[[Any], object],
    *,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    gate: Gate | None = None,
    instead: Instead | None = None,
) -> None:
    """Meter one native STT, LLM or TTS object; doing it again changes nothing."""
    if is_metered(target):
        return
    state = Meter(target, leg, events, scope, on_session, checkpoint_seconds, gate, instead)
    setattr(target, _MARK, state)
    _shadow_listeners(state)
    if isinstance(target, llm.LLM):
        _shadow_stream(state, "chat", "streaming", _count_chat(target))
    elif isinstance(target, tts.TTS):
        _shadow_stream(state, "stream", "streaming", _count_nothing)
        _shadow_stream(state, "synthesize", "batch", _count_text)
    elif isinstance(target, stt.STT):
        _shadow_stream(state, "stream", "streaming", _count_nothing)
        shadow_recognize(state.target, state, lambda: state.new_call("batch"), state.instead)


def _shadow_listeners(state: Meter) -> None:
    """An activity's listeners come and go with its AgentSession: that says whose object this is,
    which an STT stream's own task does not."""
    add = state.target.on

    def on(event: Any, callback: Any = None) -> Any:
        try:
            session = livekit_names.agent_session_of_listener(callback)
            if session is not None:
                belong_to(state.target, session)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("on", error)
        return add(event, callback)

    state.target.on = on


def _shadow_stream(
    state: Meter, name: str, mode: Mode, count: Callable[[Call, Mapping[str, Any]], None]
) -> None:
    original = getattr(state.target, name)

    def make(*arguments: Any, **keywords: Any) -> Any:
        call = _new_call(state, name, mode, lambda call: count(call, _named(arguments, keywords)))
        if call is not None and state.gate is not None:
            try:
                state.gate.admit(call)
            except BudgetThrottleSignal as signal:
                with elsewhere(state.instead, call, signal) as other:
                    return getattr(other, name)(*arguments, **keywords)
        try:
            stream = original(*arguments, **keywords)
        except BaseException:
            _cancel(call)
            raise
        try:
            _meter_stream(state, call, stream)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble(name, error)
            _cancel(call)
        return stream

    setattr(state.target, name, make)


def _named(arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """Only `synthesize` takes anything by position: its text."""
    return {"text": arguments[0], **keywords} if arguments else keywords


def _new_call(state: Meter, name: str, mode: Mode, count: Callable[[Call], None]) -> Call | None:
    """None for a stream that is made inside an attempt of the same object, which counts already."""
    outer = running_attempt.get()
    if outer is not None and outer[0] is state:
        return None
    try:
        call = state.new_call(mode)
        count(call)
    except Exception as error:  # noqa: BLE001 - ours never reaches the agent
        report_trouble(name, error)
        return None
    return call


def _cancel(call: Call | None) -> None:
    if call is not None and call.gate is not None:
        call.gate.done(call)


def _meter_stream(state: Meter, call: Call | None, stream: Any) -> None:
    outer = running_attempt.get()
    if outer is not None and outer[0] is state:
        outer[1].inner = stream
        return
    if call is None:
        return
    moved = livekit_names.missing(stream)
    if moved is not None:
        _cancel(call)
        state.degrade(moved)
        return
    tap_stream(call, state, stream)


def _count_nothing(call: Call, arguments: Mapping[str, Any]) -> None:
    """What goes into a stream is counted as it is pushed."""


def _count_chat(target: Any) -> Callable[[Call, Mapping[str, Any]], None]:
    def count(call: Call, arguments: Mapping[str, Any]) -> None:
        count_prompt(call, arguments)
        call.output_limit = output_limit(target, arguments)

    return count


def _count_text(call: Call, arguments: Mapping[str, Any]) -> None:
    call.input_count = len(arguments["text"])
