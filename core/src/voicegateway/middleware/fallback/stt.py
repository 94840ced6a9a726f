"""Fallback among ears: the adapter. `listening.py` has its stream."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from livekit.agents import NOT_GIVEN, APIConnectionError, APIConnectOptions, NotGivenOr, stt, vad
from livekit.agents.stt.fallback_adapter import (
    DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    AvailabilityChangedEvent,
)
from livekit.agents.utils import AudioBuffer

from voicegateway.middleware.fallback.adapter import ChainedAdapter
from voicegateway.middleware.fallback.chain import Chain, Turn
from voicegateway.middleware.fallback.closing import Closings
from voicegateway.middleware.fallback.failures import NothingHeardError
from voicegateway.middleware.fallback.listening import Listening
from voicegateway.middleware.fallback.recovery import Cooldown
from voicegateway.middleware.fallback.sentences import SentenceEar, local_vad
from voicegateway.middleware.fallback.voice_gate import Sound, VoiceGate

__all__ = ["STTFallback"]


class STTFallback(ChainedAdapter, stt.FallbackAdapter):
    """Asks the first of several ears that is well, then the next.

    An ear has `attempt_timeout` seconds for an event once it was given what sounds like speech,
    for the final transcript after an interim one, and to end after the input has. The audio since
    the last final transcript, at most `keep_seconds` of it, is played to the next ear. Where no
    ear hears anything there was nothing to hear: the last one stays, and that is no error. A live
    stream stays with the ear it came to until it ends. Ears that do not stream need a `vad`;
    LiveKit's own local one is taken if none is given. Closing the adapter closes its ears. Raises
    `ValueError` if a VAD is needed and there is none.
    """

    changed = ("stt_availability_changed", AvailabilityChangedEvent)

    def __init__(
        self,
        stt: list[stt.STT[Any]],
        *,
        vad: vad.VAD | None = None,
        attempt_timeout: float = 5.0,
        keep_seconds: float = 30.0,
        cooldown: Cooldown | None = None,
    ) -> None:
        ears = _streaming(stt, vad, attempt_timeout)
        super().__init__(ears, attempt_timeout=attempt_timeout, max_retry_per_stt=0)
        self.attempt_timeout = attempt_timeout
        self.keep_seconds = keep_seconds
        self.chain = Chain("STT", stt, ears, cooldown or Cooldown(), self.availability)
        self._sentence_ears = [ear for ear in ears if isinstance(ear, SentenceEar)]

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_FALLBACK_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return Listening(self, language=language, conn_options=conn_options)

    async def aclose(self) -> None:
        for ear in self._sentence_ears:
            await ear.aclose()
        await super().aclose()

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        options = dataclasses.replace(conn_options, max_retry=0, timeout=self.attempt_timeout)
        sounds_like_speech = _sounds_like_speech(buffer)
        empty: list[stt.SpeechEvent] = []

        async def attempt(turn: Turn) -> stt.SpeechEvent:
            native = self.chain.natives[turn.index]
            with self.chain.asking(turn.failures):
                asked = native.recognize(buffer, language=language, conn_options=options)
                event: stt.SpeechEvent = await self.chain.closings.within(
                    self.attempt_timeout, asked
                )
            if sounds_like_speech and not any(heard.text for heard in event.alternatives):
                empty.append(event)
                raise NothingHeardError
            self.serving(turn.index)
            return event

        try:
            return await self.chain.ask(attempt)
        except APIConnectionError:
            if empty:
                return empty[0]
            raise

    def _try_recovery(self, **_: Any) -> None:
        """LiveKit's own, a hidden request that is paid for."""


def _streaming(
    natives: Sequence[stt.STT[Any]], given: vad.VAD | None, timeout: float
) -> list[stt.STT[Any]]:
    """The ears, those that take whole utterances behind a VAD."""
    if all(native.capabilities.streaming for native in natives):
        return list(natives)
    detector = given or local_vad([n.label for n in natives if not n.capabilities.streaming])
    closings = Closings()
    return [
        native
        if native.capabilities.streaming
        else SentenceEar(native, detector, timeout, closings)
        for native in natives
    ]


def _sounds_like_speech(buffer: AudioBuffer) -> bool:
    frames = buffer if isinstance(buffer, list) else [buffer]
    gate = VoiceGate()
    return any(gate.judge(frame, frame.duration) is Sound.VOICED for frame in frames)
