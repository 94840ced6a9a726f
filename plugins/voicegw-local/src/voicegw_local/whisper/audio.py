"""From LiveKit's frames to what Whisper hears: 16 kHz, mono, floats between -1 and 1."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from livekit import rtc
    from livekit.agents.utils import AudioBuffer

    Samples = np.ndarray[Any, np.dtype[np.float32]]

__all__ = ["SAMPLE_RATE", "mono_16k"]

SAMPLE_RATE = 16_000


def mono_16k(buffer: AudioBuffer) -> Samples:
    """Any frames, whatever their rates and channels. Not for an event loop: it resamples."""
    import numpy as np

    frames = buffer if isinstance(buffer, list) else [buffer]
    runs = [
        _resampled(rate, run)
        for rate, run in itertools.groupby(frames, key=lambda frame: frame.sample_rate)
    ]
    if not runs:
        return np.zeros(0, dtype=np.float32)
    return np.concatenate(runs).astype(np.float32) / np.float32(32_768)


def _resampled(rate: int, frames: Iterable[rtc.AudioFrame]) -> Any:
    import numpy as np

    mono = np.concatenate([_downmixed(frame) for frame in frames])
    if rate == SAMPLE_RATE:
        return mono
    from livekit import rtc

    resampler = rtc.AudioResampler(rate, SAMPLE_RATE, quality=rtc.AudioResamplerQuality.HIGH)
    out = [*resampler.push(bytearray(mono.tobytes())), *resampler.flush()]
    return np.concatenate(
        [np.frombuffer(frame.data, dtype=np.int16) for frame in out] or [mono[:0]]
    )


def _downmixed(frame: rtc.AudioFrame) -> Any:
    import numpy as np

    samples = np.frombuffer(frame.data, dtype=np.int16)
    if frame.num_channels == 1:
        return samples
    return samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
