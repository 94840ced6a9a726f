"""The models that are listed. Others work too: OpenAI decides what there is.

From the catalog at https://developers.openai.com/api/docs/models, as copies of October and November
2026 have it, and the lists in livekit-plugins-openai 1.8.9.
"""

from __future__ import annotations

__all__ = ["LANGUAGE_MODELS", "MODELS"]

LANGUAGE_MODELS = (
    "gpt-6.1-sol",
    "gpt-6.1-terra",
    "gpt-6-sol",
    "gpt-6-luna",
    "gpt-6-astra",
    "gpt-5.6-luna",
    "gpt-5.6-sol",
    "gpt-5.6-terra",
    "gpt-5.5",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.4-nano",
    "gpt-5.2",
    "gpt-5.1",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-4o",
    "gpt-4o-mini",
)

SPEECH_TO_TEXT = (
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-realtime-whisper",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "whisper-1",
)

TEXT_TO_SPEECH = ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")

MODELS = (*LANGUAGE_MODELS, *SPEECH_TO_TEXT, *TEXT_TO_SPEECH)
