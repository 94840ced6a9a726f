"""The taps: shadows on one native stream that count what passes, and pass it on first.

Each shadow calls the original before it counts, so that what the original refuses is not
counted, and counts inside `try`, so that nothing of ours reaches the agent.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from typing import Any

from livekit.agents import stt, tts

from voicegateway.authoring.counters import running_counters
from voicegateway.middleware import livekit_names
from voicegateway.middleware.call import AttemptState, Call, report_trouble
from voicegateway.types import Modality

__all__ = ["running_attempt", "tap_stream"]

running_attempt: contextvars.ContextVar[tuple[object, AttemptState] | None] = (
    contextvars.ContextVar("voicegw_running_attempt", default=None)
)
"""The metered object and attempt whose `_run` the present task is inside of. It tells the inner
stream that `_synthesize_with_stream` makes of the same object, which must not count twice."""


_SHADOWS = ("_run", "_emit_error", "push_frame", "push_text", "send_nowait")


def tap_stream(call: Call, owner: object, stream: Any) -> None:
    """Shadow one stream of LiveKit's base classes, before its first attempt has begun."""
    call.stream = stream
    _tap_run(call, owner, stream)
    _tap_errors(call, stream)
    _OUTPUT_TAPS[call.leg.modality](call, stream)
    if isinstance(stream, stt.RecognizeStream):
        _tap_audio_in(call, stream)
    elif isinstance(stream, tts.SynthesizeStream):
        _tap_text_in(call, stream)
    livekit_names.main_task(stream).add_done_callback(lambda task: _untap(call, stream, task))


def _untap(call: Call, stream: Any, task: asyncio.Task[Any]) -> None:
    """The last attempt is over. Taking the shadows off breaks the reference cycles they made,
    which would cost the garbage collector more than the whole metering."""
    call.task_done(task)
    call.stream = call.on_begin = None
    for shadowed in (stream, stream._event_ch):
        for name in _SHADOWS:
            shadowed.__dict__.pop(name, None)


def _tap_run(call: Call, owner: object, stream: Any) -> None:
    original = stream._run

    async def run(*arguments: Any) -> Any:
        if call.gate is not None:
            if call.attempts:  # the first one was admitted with the call
                call.gate.admit(call)
            await call.gate.enter(call)
        token = counting = None
        try:
            attempt = call.begin()
            token = running_attempt.set((owner, attempt))
            counting = running_counters.set(attempt.counters)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("begin", error)
        try:
            result = await _haltable(call, original, arguments)
        except BaseException as error:
            call.run_ended(error)
            raise
        else:
            call.run_ended(None)
            return result
        finally:
            if token is not None:
                running_attempt.reset(token)
            if counting is not None:
                running_counters.reset(counting)

    stream._run = run


async def _haltable(call: Call, run: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Run an attempt that may have to end before it is over, with the error it is to end with."""
    task = call.runner = asyncio.current_task()
    try:
        if call.halted is None:
            result = await run(*arguments)
    except asyncio.CancelledError:
        # Cancelled by us alone, or by somebody else as well?
        if call.halted is None or task is None or task.uncancel():
            raise
    finally:
        call.runner = None
    if call.halted is not None:
        raise call.halted
    return result


def _tap_errors(call: Call, stream: Any) -> None:
    original = stream._emit_error

    def emit_error(error: Exception, recoverable: bool) -> None:  # noqa: FBT001 - LiveKit's
        call.failed(error)
        original(error, recoverable)

    stream._emit_error = emit_error


def _tap_tokens_out(call: Call, stream: Any) -> None:
    """Chunks are kept as they are, and counted when the attempt has ended. After its first output
    an attempt's chunks take the shortest way that there is: a second closure, without a look-up."""
    channel = stream._event_ch
    send = channel.send_nowait

    def until_first_output(chunk: Any) -> None:
        send(chunk)
        attempt = call.current
        if attempt is not None:
            attempt.chunks.append(chunk)
            if _is_output(chunk):
                attempt.first_output = time.perf_counter()
                channel.send_nowait = _keeping(send, attempt.chunks.append)

    def begin() -> None:
        channel.send_nowait = until_first_output

    call.on_begin = begin
    begin()


def _keeping(send: Callable[[Any], None], keep: Callable[[Any], None]) -> Callable[[Any], None]:
    def send_nowait(chunk: Any) -> None:
        send(chunk)
        keep(chunk)

    return send_nowait


def _is_output(chunk: Any) -> bool:
    """A chunk without text or tool call, such as a role, is no output yet."""
    try:
        return chunk.delta is not None and bool(chunk.delta.content or chunk.delta.tool_calls)
    except Exception as error:  # noqa: BLE001 - ours never reaches the agent
        report_trouble("chunk", error)
        return False


def _tap_audio_out(call: Call, stream: Any) -> None:
    channel = stream._event_ch
    send = channel.send_nowait

    def send_nowait(event: Any) -> None:
        send(event)
        try:
            attempt = call.current
            if attempt is None:
                return
            frame = event.frame
            attempt.output_samples += frame.samples_per_channel
            if attempt.first_output is None:
                attempt.first_output = time.perf_counter()
                attempt.output_rate = frame.sample_rate
                attempt.request_id = event.request_id
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("frame out", error)

    channel.send_nowait = send_nowait


def _tap_transcripts_out(call: Call, stream: Any) -> None:
    channel = stream._event_ch
    send = channel.send_nowait

    def send_nowait(event: Any) -> None:
        send(event)
        try:
            attempt = call.current
            if attempt is None:
                return
            if event.request_id:
                attempt.request_id = event.request_id
            usage = event.recognition_usage
            if usage is not None:
                seconds, tokens_in, tokens_out = attempt.usage or (0.0, 0, 0)
                attempt.usage = (
                    seconds + usage.audio_duration,
                    tokens_in + usage.input_tokens,
                    tokens_out + usage.output_tokens,
                )
                attempt.usage_events += 1
            elif event.alternatives:
                if attempt.first_output is None:
                    attempt.first_output = time.perf_counter()
                if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT:
                    attempt.texts.append(event.alternatives[0].text or "")
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("transcript", error)

    channel.send_nowait = send_nowait


_OUTPUT_TAPS = {
    Modality.LLM: _tap_tokens_out,
    Modality.TTS: _tap_audio_out,
    Modality.STT: _tap_transcripts_out,
}


def _tap_audio_in(call: Call, stream: Any) -> None:
    push = stream.push_frame

    def first(frame: Any) -> None:
        push(frame)
        try:
            call.input_count += frame.samples_per_channel
            call.input_rate = frame.sample_rate  # LiveKit refuses a stream whose rate changes
            stream.push_frame = following
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("frame in", error)

    def following(frame: Any) -> None:
        count = call.input_count + frame.samples_per_channel
        if count > call.covered and not call.cover(frame.samples_per_channel):
            return
        push(frame)
        call.input_count = count

    stream.push_frame = first


def _tap_text_in(call: Call, stream: Any) -> None:
    push = stream.push_text

    def push_text(token: str) -> None:
        accepts = not stream._input_ch.closed  # a closed stream drops text in silence
        if call.input_count + len(token) > call.covered and accepts and not call.cover(len(token)):
            return
        push(token)
        if accepts:
            call.input_count += len(token)

    stream.push_text = push_text
