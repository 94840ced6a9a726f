"""Ears that take whole utterances, as a part of a stream."""

from __future__ import annotations

from typing import Any

from livekit.agents import NOT_GIVEN, APIConnectOptions, NotGivenOr, stt, vad
from livekit.agents.stt.fallback_adapter import DEFAULT_FALLBACK_API_CONNECT_OPTIONS
from livekit.agents.stt.stream_adapter import StreamAdapterWrapper
from livekit.agents.utils import AudioBuffer

from voicegateway.middleware.fallback.closing import Closings

__all__ = ["SentenceEar", "local_vad"]


class SentenceEar(stt.StreamAdapter):
    """LiveKit's adapter, which cuts the audio at pauses; each utterance has `timeout` seconds,
    whatever the ear itself makes of its timeout."""

    def __init__(
        self, native: stt.STT[Any], detector: vad.VAD, timeout: float, closings: Closings
    ) -> None:
        super().__init__(stt=native, vad=detector)
        self._recognize_metrics_needed = False  # the ear's own are passed on
        self._timeout = timeout
        self._closings = closings

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    ) -> stt.SpeechEvent:
        asked = self.wrapped_stt.recognize(buffer, language=language, conn_options=conn_options)
        return await self._closings.within(self._timeout, asked)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return StreamAdapterWrapper(
            self, vad=self._vad, wrapped_stt=self, language=language, conn_options=conn_options
        )


def local_vad(labels: list[str]) -> vad.VAD:
    """LiveKit's voice detection on this machine. Raises `ValueError` where it is not there."""
    try:
        from livekit.agents import inference  # its native part loads a model

        return inference.VAD(model="silero")
    except (ImportError, AttributeError, OSError) as error:
        raise ValueError(
            f"{', '.join(labels)} cannot stream and LiveKit's local VAD is not available "
            f"({type(error).__name__}): give vad=."
        ) from None
