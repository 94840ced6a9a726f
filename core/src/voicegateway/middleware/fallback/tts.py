"""Fallback among voices: the adapter. `speech.py` has its streams."""

from __future__ import annotations

from typing import Any

from livekit.agents import APIConnectOptions, tts
from livekit.agents.tts.fallback_adapter import (
    DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    AvailabilityChangedEvent,
    FallbackChunkedStream,
    FallbackSynthesizeStream,
)

from voicegateway.middleware.fallback.adapter import ChainedAdapter
from voicegateway.middleware.fallback.chain import Chain
from voicegateway.middleware.fallback.recovery import Cooldown
from voicegateway.middleware.fallback.speech import ChunkedSpeech, StreamedSpeech

__all__ = ["TTSFallback"]


class TTSFallback(ChainedAdapter, tts.FallbackAdapter):
    """Asks the first of several voices that is well, then the next.

    A voice has `attempt_timeout` seconds for its first sound, and from one sound to the next,
    once it has text that it should speak: from the end of the text or a flush, or when it was
    given so much that no voice waits for more. A voice that fails before its first sound is
    replaced, and the next is given the whole text; one that fails later ends the turn with an
    error, since the caller has heard half a sentence. All speech comes at one sample rate (the
    voices' highest unless `sample_rate` is given). With `probe`, a voice that has cooled down is
    not tried by a real turn, but by a copy of one, which is thrown away and paid for. Closing the
    adapter closes its voices. Raises `ValueError` if the voices differ in channels.
    """

    changed = ("tts_availability_changed", AvailabilityChangedEvent)

    def __init__(
        self,
        tts: list[tts.TTS[Any]],
        *,
        attempt_timeout: float = 5.0,
        sample_rate: int | None = None,
        probe: bool = False,
        cooldown: Cooldown | None = None,
    ) -> None:
        super().__init__(tts, max_retry_per_tts=0, sample_rate=sample_rate)
        self.attempt_timeout = attempt_timeout
        self.chain = Chain(
            "TTS", tts, tts, cooldown or Cooldown(), self.availability, probing=probe
        )

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS
    ) -> FallbackChunkedStream:
        return ChunkedSpeech(tts=self, input_text=text, conn_options=conn_options)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS
    ) -> FallbackSynthesizeStream:
        return StreamedSpeech(tts=self, conn_options=conn_options)
