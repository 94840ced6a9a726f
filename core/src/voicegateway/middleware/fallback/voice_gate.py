"""Whether a frame of audio may be speech, at the cost of a microsecond or two."""

from __future__ import annotations

from enum import Enum

from livekit import rtc

__all__ = ["Sound", "VoiceGate"]

_LOUD = 300.0
"""Mean magnitude of 16-bit samples, about -40 dB of full scale: below it nobody speaks."""
_ABOVE_FLOOR = 3.0
_RISE_SECONDS = 8.0
"""In which the floor comes near a noise that never dips."""
_LOOKED_AT = 1000
"""Samples a second."""


class Sound(Enum):
    QUIET = "quiet"
    VOICED = "voiced"
    """Well above the noise so far."""
    STEADY = "steady"
    """As loud as before, without a dip for seconds: a machine, not a voice."""


class VoiceGate:
    """An energy gate over a floor that falls at once and rises slowly."""

    def __init__(self) -> None:
        self._floor = 0.0
        self._voiced_level = 0.0

    def judge(self, frame: rtc.AudioFrame, seconds: float) -> Sound:
        """What a frame of so many seconds sounds like, after those before it."""
        level = _level(frame)
        if level < self._floor:
            self._floor = level
        else:
            self._floor += (level - self._floor) * min(seconds / _RISE_SECONDS, 1.0)
        if level < _LOUD:
            return Sound.QUIET
        if level >= _ABOVE_FLOOR * self._floor:
            self._voiced_level = level
            return Sound.VOICED
        return Sound.STEADY if level >= self._voiced_level / 2 else Sound.QUIET


def _level(frame: rtc.AudioFrame) -> float:
    samples = frame.data[:: max(frame.sample_rate // _LOOKED_AT, 1)].tolist()
    return sum(map(abs, samples)) / len(samples) if samples else 0.0
