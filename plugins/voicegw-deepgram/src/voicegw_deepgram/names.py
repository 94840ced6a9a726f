"""Every private name of LiveKit's Deepgram plugin that this package leans on.

`tests/test_names.py` pins them. A name that is gone at run time costs a counter and no call: the
row then says `usage_missing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["COLLECTOR", "OPTIONS", "RUN_WS", "missing"]

OPTIONS: Final = "_opts"
"""Of an STT and of its streams: what they ask Deepgram for."""

COLLECTOR: Final = "_audio_duration_collector"
"""Of an STT's stream: `push` is given the seconds of every piece of audio that is sent."""

RUN_WS: Final = "_run_ws"
"""Of a TTS's stream: sends the words that it is given as its first argument."""

_OVERRIDDEN: Final[Mapping[str, tuple[str, ...]]] = {
    "stt.STT": ("_ensure_session", "_recognize_impl", "_update_session_keyterms"),
    "stt.SpeechStream": ("_run", "_process_stream_event"),
    "stt_v2.STTv2": ("_update_session_keyterms",),
    "stt_v2.SpeechStreamv2": ("_run", "_process_stream_event"),
    "tts.TTS": ("_ensure_session",),
    "tts.ChunkedStream": ("_run",),
    "tts.SynthesizeStream": ("_run", RUN_WS),
    "tts_v2.TTSv2": ("_ensure_session", "_connect_ws"),
    "tts_v2.ChunkedStreamv2": ("_run",),
    "tts_v2.SynthesizeStreamv2": ("_run", RUN_WS),
}


def missing(plugin: Any) -> list[str]:
    """A sentence for each method of `livekit.plugins.deepgram` that has moved."""
    return [
        f"LiveKit's deepgram.{place} no longer has {name}: its counter is lost."
        for place, names in _OVERRIDDEN.items()
        for name in names
        if not hasattr(_found(plugin, place), name)
    ]


def _found(plugin: Any, place: str) -> object:
    module, _, kind = place.partition(".")
    return getattr(getattr(plugin, module, None), kind, None)
