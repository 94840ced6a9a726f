"""From a transcript to LiveKit's event."""

from __future__ import annotations

from livekit.agents import LanguageCode, stt, utils

from voicegw_local.whisper.engine import Transcript

__all__ = ["speech_event"]


def speech_event(
    kind: stt.SpeechEventType, heard: Transcript, *, speech_end_time: float | None = None
) -> stt.SpeechEvent:
    """`speech_end_time` is wall-clock seconds, as LiveKit measures the delay from it."""
    data = stt.SpeechData(
        language=LanguageCode(heard.language),
        text=heard.text,
        start_time=heard.start,
        end_time=heard.end,
        confidence=heard.confidence,
    )
    return stt.SpeechEvent(
        type=kind,
        request_id=utils.shortuuid("whisper_"),
        alternatives=[data],
        speech_end_time=speech_end_time,
    )
