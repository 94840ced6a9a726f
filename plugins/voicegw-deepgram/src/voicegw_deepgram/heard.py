"""How much audio Deepgram was sent, and how much it says it has heard, in one attempt.

An attempt may reconnect, and each connection counts its own seconds from 0. Nova's `Results` say
how far it has come; its `Metadata`, sent when it has been told that no more audio comes, says how
long the whole was (https://developers.deepgram.com/docs/close-stream). Flux sends no summary: the
end of the window of its last `TurnInfo` is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from voicegateway.authoring import AttemptCounters

__all__ = ["HeardAudio", "SentAudio"]


class HeardAudio:
    """Reads every message of an attempt and keeps these facts: `heard_seconds`, the sum over all
    connections; `summaries`, how often a total came; `all_summarised`, whether each connection
    sent one; `channels`; and `dg_request_ids`."""

    def __init__(self, counters: AttemptCounters) -> None:
        self._counters = counters
        self._progress: dict[str, float] = {}
        self._totals: dict[str, float] = {}
        self._summaries = 0

    def read(self, message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == "Results":
            self._results(message)
        elif kind == "TurnInfo":
            self._turn(message)
        elif kind == "Metadata":
            self._metadata(message)
        else:
            return
        self._note()

    def _results(self, message: Mapping[str, Any]) -> None:
        start, duration = _number(message.get("start")), _number(message.get("duration"))
        if start is not None and duration is not None:
            self._come_to(_request(message.get("metadata")), start + duration)

    def _turn(self, message: Mapping[str, Any]) -> None:
        end = _number(message.get("audio_window_end"))
        if end is not None:
            self._come_to(_request(message), end)

    def _come_to(self, request: str, seconds: float) -> None:
        self._progress[request] = max(seconds, self._progress.get(request, 0.0))

    def _metadata(self, message: Mapping[str, Any]) -> None:
        duration = _number(message.get("duration"))
        if duration is None:
            return
        self._totals[_request(message)] = duration
        self._summaries += 1
        channels = message.get("channels")
        if isinstance(channels, int) and channels > 0:  # 0 for a stream that had no audio
            self._counters.note(channels=channels)

    def _note(self) -> None:
        heard = {**self._progress, **self._totals}
        if not heard:
            return
        self._counters.note(
            heard_seconds=sum(heard.values()),
            summaries=self._summaries,
            all_summarised=len(self._totals) == len(heard),
            dg_request_ids=tuple(heard),
        )


class Collector(Protocol):
    """LiveKit's, which reports audio every five seconds and forgets the rest of a stream that
    breaks off."""

    def push(self, value: float) -> None: ...

    def flush(self) -> None: ...


class SentAudio:
    """Stands in front of LiveKit's collector and counts every piece that goes to the socket, as
    the fact `sent_seconds`."""

    def __init__(self, collector: Collector, counters: AttemptCounters) -> None:
        self.collector, self._counters = collector, counters
        counters.note(sent_seconds=0.0)

    def push(self, seconds: float) -> None:
        self._counters.add(sent_seconds=seconds)
        self.collector.push(seconds)

    def flush(self) -> None:
        self.collector.flush()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value >= 0 else None


def _request(holder: object) -> str:
    found = holder.get("request_id") if isinstance(holder, Mapping) else None
    return found if isinstance(found, str) else ""
