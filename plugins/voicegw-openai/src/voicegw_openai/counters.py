"""OpenAI's counters as they come, noted for `StreamReport.vendor`.

Facts: `usage` is the last usage object of a language model's answer, `totals` how many there were;
a transcription's usage is summed up in `audio_tokens`, `text_tokens`, `output_tokens` and
`seconds`, `transcriptions` is how many of them had one and `repeated` how many came again; of a
realtime connection `connected` says that OpenAI listened until the end, `heard_speech` that it
found some, `committed` how many pieces of audio there were to transcribe, and
`failed_transcriptions` how many of those it could not.

Shapes: https://developers.openai.com/api/reference and the types of openai 3.54. What has another
shape is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from voicegateway.authoring import AttemptCounters

__all__ = [
    "count_of",
    "note_completion",
    "note_response_event",
    "note_transcription",
    "seconds_of",
]

_ENDS: Final = {"response.completed", "response.incomplete", "response.failed"}
"""The last event of a response. All three have usage, and LiveKit reads that of the first."""


def note_completion(attempt: AttemptCounters, chunk: Any) -> None:
    """A chunk of chat completions: the last one has the usage."""
    if (usage := getattr(chunk, "usage", None)) is not None:
        _note_total(attempt, usage)


def note_response_event(attempt: AttemptCounters, event: Any) -> None:
    """An event of the Responses API, as the client's object or as it came over a WebSocket."""
    kind = event.get("type") if isinstance(event, dict) else getattr(event, "type", None)
    if kind not in _ENDS:
        return
    response = _field(event, "response")
    if (usage := _field(response, "usage")) is not None:
        _note_total(attempt, usage)
    if isinstance(tier := _field(response, "service_tier"), str):
        attempt.note(service_tier=tier)


def note_transcription(attempt: AttemptCounters, usage: Any) -> None:
    """The usage of one transcription: tokens, or the seconds of its audio."""
    sums = _transcribed(usage)
    if sums:
        attempt.add(transcriptions=1, **sums)


def count_of(value: Any, name: str) -> int:
    """A whole number of an object or mapping; 0 where there is none."""
    found = _field(value, name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def seconds_of(value: Any, name: str) -> Decimal | None:
    """A number of seconds; None where there is none."""
    found = _field(value, name)
    if not isinstance(found, int | float | Decimal) or isinstance(found, bool):
        return None
    seconds = Decimal(str(found))
    return seconds if seconds.is_finite() and seconds >= 0 else None


def _transcribed(usage: Any) -> Mapping[str, int | Decimal]:
    if (seconds := seconds_of(usage, "seconds")) is not None:
        return {"seconds": seconds}
    total = count_of(usage, "input_tokens")
    if not total:
        return {}
    text = min(count_of(_field(usage, "input_token_details"), "text_tokens"), total)
    return {
        "audio_tokens": total - text,
        "text_tokens": text,
        "output_tokens": count_of(usage, "output_tokens"),
    }


def _note_total(attempt: AttemptCounters, usage: Any) -> None:
    dump = getattr(usage, "model_dump", None)
    plain = dump(exclude_none=True) if callable(dump) else usage
    if not isinstance(plain, Mapping):
        return
    attempt.note(usage=plain)
    attempt.add(totals=1)
    details = plain.get("output_tokens_details") or plain.get("completion_tokens_details")
    if reasoned := count_of(details, "reasoning_tokens"):
        attempt.note(reasoning_tokens=reasoned)


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
