"""From LiveKit's streams to ours, which count."""

from __future__ import annotations

import contextlib
from typing import Any, TypeVar

from voicegateway.authoring import current_attempt
from voicegw_deepgram import names
from voicegw_deepgram.heard import HeardAudio, SentAudio

__all__ = ["as_counting", "counted_anew"]

Counting = TypeVar("Counting")


def as_counting(stream: Any, kind: type[Counting]) -> Counting:
    """LiveKit names the classes of its streams inside the methods that make them, and has begun
    nothing yet when it returns one: its class can still be made ours, a subclass. One whose class
    cannot be changed stays as it is, and is metered without the vendor's counters."""
    with contextlib.suppress(TypeError):
        stream.__class__ = kind
    counting: Counting = stream
    return counting


def counted_anew(stream: Any) -> HeardAudio:
    """An attempt on a stream of speech-to-text begins: what is counted from now on is its own."""
    counters = current_attempt()
    collector = getattr(stream, names.COLLECTOR, None)
    if collector is not None:
        native = getattr(collector, "collector", collector)
        setattr(stream, names.COLLECTOR, SentAudio(native, counters))
    return HeardAudio(counters)
