"""The last messages of sessions, a JSON line each. AssemblyAI has no interface for usage: what it
sends as a session ends is the one count of its own.

Fields: `TerminationEvent` of assemblyai 1.8.2. It has neither the time nor the model; whoever
writes the lines may add `timestamp`, when it came, and `model`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, UsageExportError, read_records, usage_line
from voicegateway.authoring.exports import Source, shown
from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["read_export"]

_OTHERS: Final = {"Begin", "Turn", "SpeechStarted"}
"""Messages of a session without a count. They may have what was said: nothing of them is kept."""
_LONGEST: Final = 24 * 60 * 60
"""Seconds. A session ends after three hours: what is longer has another unit, say."""
_ADDED: Final = {"timestamp", "model"}


def read_export(source: Source) -> Iterator[UsageLine]:
    event, found = None, False
    for event in read_records(source):
        kind = event.word("type")
        if kind == "Termination":
            found = True
            yield _session(event)
        elif kind not in _OTHERS:
            raise event.error(f"is no message of a session: its type is {shown(kind)}")
    if event is not None and not found:
        raise UsageExportError(event.file, "", "has no Termination, which is what is counted")


def _session(event: ExportRecord) -> UsageLine:
    event.expect({"type", "audio_duration_seconds", "session_duration_seconds"}, _ADDED)
    return usage_line(
        event,
        _bucket(event),
        model=event.word("model"),
        modality=Modality.STT,
        units={
            Unit.SESSION_SECONDS: event.number("session_duration_seconds"),
            Unit.AUDIO_SECONDS: event.number("audio_duration_seconds"),
        },
    )


def _bucket(event: ExportRecord) -> Bucket:
    if event.word("timestamp") is None:
        return Bucket.at_any_time("termination")
    ended = event.iso_time("timestamp")
    seconds = event.count("session_duration_seconds")
    if seconds > _LONGEST:
        raise event.error("lasted longer than AssemblyAI lets a session")
    began = ended - timedelta(seconds=max(1, int(seconds)))
    return Bucket(began, ended, "termination", one_call=True)
