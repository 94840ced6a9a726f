"""The stream of the adapter for ears."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, APIConnectOptions, APITimeoutError, NotGivenOr, utils
from livekit.agents import stt as livekit_stt
from livekit.agents.stt.fallback_adapter import FallbackRecognizeStream

from voicegateway.middleware.fallback.chain import Turn
from voicegateway.middleware.fallback.failures import NothingHeardError
from voicegateway.middleware.fallback.hearing import Hearing
from voicegateway.middleware.fallback.sentences import SentenceEar
from voicegateway.middleware.fallback.tape import Tape

if TYPE_CHECKING:
    from voicegateway.middleware.fallback.stt import STTFallback

__all__ = ["Listening"]

_KIND = livekit_stt.SpeechEventType


class Listening(FallbackRecognizeStream):
    """One stream of audio, heard by one ear after the other."""

    def __init__(
        self, adapter: STTFallback, *, language: NotGivenOr[str], conn_options: APIConnectOptions
    ) -> None:
        super().__init__(stt=adapter, language=language, conn_options=conn_options)
        self._adapter = adapter
        self._tape = Tape(adapter.keep_seconds)
        self._origin: float | None = None
        """Of the transcripts' times: that of the first sample."""
        self._speaking = False

    async def _run(self) -> None:
        if self._origin is None:
            self._origin = self.start_time_offset
        recording = asyncio.create_task(self._tape.record(self._input_ch))
        try:
            await self._adapter.chain.ask(self._attempt)
        finally:
            await utils.aio.cancel_and_wait(recording)

    def _try_recovery(self, stt: livekit_stt.STT[Any]) -> None:
        """LiveKit's own, a hidden stream that is paid for."""

    async def _attempt(self, turn: Turn) -> None:
        chain, tape = self._adapter.chain, self._tape
        self._end_speech_without_audio()
        ear = chain.children[turn.index]
        with chain.asking(turn.failures):
            stream = ear.stream(language=self._language, conn_options=self._one_attempt())
        offset = stream.start_time_offset = (self._origin or 0.0) + tape.starts
        hearing = self._hearing(ear, last=turn.last)
        try:
            async with chain.attending(stream, hearing.deadline):
                with tape.played_to(stream, hearing):
                    async for event in stream:
                        if hearing.said(event):
                            turn.answered()
                            self._adapter.serving(turn.index)
                        self._pass_on(event, offset)
        except APITimeoutError:
            if hearing.said_nothing:
                raise NothingHeardError from None
            raise
        if not tape.ended:
            raise APIConnectionError("the stream ended before its input")
        if hearing.unanswered and not turn.last:
            raise NothingHeardError
        turn.trial.released()

    def _hearing(self, ear: livekit_stt.STT[Any], *, last: bool) -> Hearing:
        """An ear behind a VAD sees to its own deadlines: only it knows when a sentence is over."""
        timeout = None if isinstance(ear, SentenceEar) else self._adapter.attempt_timeout
        return Hearing(timeout, interim=bool(ear.capabilities.interim_results), last=last)

    def _one_attempt(self) -> APIConnectOptions:
        """Instead of a second attempt there is the next ear."""
        timeout = self._adapter.attempt_timeout
        return dataclasses.replace(self._conn_options, max_retry=0, timeout=timeout)

    def _pass_on(self, event: livekit_stt.SpeechEvent, offset: float) -> None:
        if event.type is _KIND.START_OF_SPEECH:
            if self._speaking:  # the ear before this one said so
                return
            self._speaking = True
        elif event.type is _KIND.END_OF_SPEECH:
            self._speaking = False
        elif event.type is _KIND.FINAL_TRANSCRIPT:
            self._tape.transcribed(self._end_of(event, offset))
        self._event_ch.send_nowait(event)

    def _end_of(self, event: livekit_stt.SpeechEvent, offset: float) -> float | None:
        """How many seconds of the whole audio a transcript covers, where it says so. Some plugins
        count from the beginning of their own stream, whatever they were told: it is so taken
        unless it would then cover audio that has not come yet."""
        end = max((heard.end_time for heard in event.alternatives[:1]), default=0.0)
        if end <= 0:
            return None
        origin = self._origin or 0.0
        of_its_own = end + offset - origin
        return of_its_own if of_its_own <= self._tape.recorded else end - origin

    def _end_speech_without_audio(self) -> None:
        """An ear that failed between a final transcript and the end of speech leaves nothing from
        which the next one could tell that end."""
        if self._speaking and not self._tape.voiced:
            self._pass_on(livekit_stt.SpeechEvent(type=_KIND.END_OF_SPEECH), 0.0)
