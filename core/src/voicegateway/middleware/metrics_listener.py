"""What is left when LiveKit has moved a private name: rows made of its metrics events.

They miss barge-ins and failed attempts (see docs/how-a-call-becomes-a-row.md), which is why each
such row's verdict is `unverifiable`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livekit.agents.metrics import LLMMetrics, STTMetrics, TTSMetrics

from voicegateway.middleware.call import Call, report_trouble

__all__ = ["listen"]

_MICROS = 1_000_000


def listen(target: Any, new_call: Callable[[], Call]) -> None:
    """Make a row of every metrics event that `target` emits from now on."""

    def on_metrics(metrics: object) -> None:
        try:
            _record(metrics, new_call)
        except Exception as error:  # noqa: BLE001 - ours never reaches the agent
            report_trouble("metrics event", error)

    target.on("metrics_collected", on_metrics)


def _record(metrics: object, new_call: Callable[[], Call]) -> None:
    if isinstance(metrics, STTMetrics) and not metrics.audio_duration:
        return  # says only that a connection was made
    if not isinstance(metrics, (LLMMetrics, STTMetrics, TTSMetrics)):
        return
    call = new_call()
    call.verifiable = False
    call.speech_id = getattr(metrics, "speech_id", None) or call.speech_id
    attempt = call.begin()
    attempt.started -= metrics.duration
    attempt.started_us -= int(metrics.duration * _MICROS)
    attempt.request_id = metrics.request_id or None
    if isinstance(metrics, LLMMetrics):
        attempt.usage = metrics if metrics.total_tokens else None
        attempt.first_output = attempt.started + metrics.ttft if metrics.ttft >= 0 else None
    elif isinstance(metrics, TTSMetrics):
        call.input_count = metrics.characters_count
        attempt.output_samples = int(metrics.audio_duration * _MICROS)
        attempt.output_rate = _MICROS
        attempt.first_output = attempt.started + metrics.ttfb if metrics.ttfb >= 0 else None
    else:
        attempt.usage = (metrics.audio_duration, metrics.input_tokens, metrics.output_tokens)
    call.end("cancelled" if getattr(metrics, "cancelled", False) else "completed")
