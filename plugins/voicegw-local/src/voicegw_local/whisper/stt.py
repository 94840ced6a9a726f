"""Whisper as a native LiveKit STT."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, stt, utils
from livekit.agents.inference import VAD
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)

from voicegateway.errors import VoiceGatewayError
from voicegw_local.whisper.audio import mono_16k
from voicegw_local.whisper.engine import Transcript, WhisperEngine
from voicegw_local.whisper.events import speech_event
from voicegw_local.whisper.languages import whisper_code
from voicegw_local.whisper.options import WhisperOptions
from voicegw_local.whisper.stream import WhisperStream

if TYPE_CHECKING:
    from livekit.agents.utils import AudioBuffer

    from voicegw_local.sharing import Lease

__all__ = ["WhisperSTT"]


class WhisperSTT(stt.STT[Any]):
    """Recognizes whole utterances, or, with the option `streaming`, speech as it is spoken.

    `prewarm` loads the model in a thread; without it, the first utterance waits for that, and
    the event loop does not."""

    def __init__(
        self,
        model: str,
        language: str | None,
        options: WhisperOptions,
        lease: Lease[WhisperEngine],
        *,
        english: bool,
    ) -> None:
        streaming = options.streaming
        super().__init__(
            capabilities=stt.STTCapabilities(streaming=streaming, interim_results=streaming)
        )
        self._model = model
        self._english = english
        self._code = whisper_code(language, model, english=english)
        self._options = options
        self._lease = lease
        self._detector: VAD | None = None

    @property
    def model(self) -> str:
        return self._model

    @property
    def provider(self) -> str:
        return "whisper"

    def prewarm(self) -> None:
        """Begin to load the model in a thread. Returns at once; does nothing the second time."""
        self._lease.start()

    async def aclose(self) -> None:
        """Free the model, unless another object uses it too."""
        await asyncio.to_thread(self._lease.release)

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,  # noqa: ARG002 - there is no connection
    ) -> stt.SpeechEvent:
        code = self._code_for(language)
        try:
            heard = await self.transcribe(buffer, code)
        except VoiceGatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - LiveKit's error would quote its cause
            raise APIConnectionError(
                f"Whisper failed ({type(error).__name__})", retryable=False
            ) from None
        return speech_event(stt.SpeechEventType.FINAL_TRANSCRIPT, heard)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> WhisperStream:
        """Only with the option `streaming`: see `WhisperStream`."""
        if not self._options.streaming:
            raise NotImplementedError(
                "this Whisper recognizes whole utterances: give it the option streaming=True"
            )
        if self._detector is None:
            self._detector = VAD(model="silero")
        return WhisperStream(
            self,
            detector=self._detector,
            code=self._code_for(language),
            interim_seconds=self._options.interim_seconds,
            conn_options=conn_options,
        )

    def _code_for(self, language: NotGivenOr[str]) -> str | None:
        if utils.is_given(language):
            return whisper_code(language, self._model, english=self._english)
        return self._code

    async def transcribe(self, buffer: AudioBuffer, code: str | None) -> Transcript:
        """In a worker thread, which gives up at its next segment if this is cancelled."""
        engine = await self._lease.get()
        stop = threading.Event()

        def work() -> Transcript:
            return engine.transcribe(mono_16k(buffer), code, self._options, stop)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(engine.executor, work)
        finally:  # also when this is cancelled: the thread then ends at its next segment
            stop.set()
