"""Whisper as a native LiveKit STT."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, LanguageCode, stt, utils
from livekit.agents.types import NOT_GIVEN, APIConnectOptions, NotGivenOr

from voicegateway.errors import VoiceGatewayError
from voicegw_local.whisper.audio import mono_16k
from voicegw_local.whisper.engine import Transcript, WhisperEngine
from voicegw_local.whisper.languages import whisper_code
from voicegw_local.whisper.options import WhisperOptions

if TYPE_CHECKING:
    from livekit.agents.utils import AudioBuffer

    from voicegw_local.sharing import Lease

__all__ = ["WhisperSTT"]


class WhisperSTT(stt.STT[Any]):
    """Recognizes whole utterances. `prewarm` loads the model in a thread; without it, the first
    utterance waits for that, and the event loop does not."""

    def __init__(
        self,
        model: str,
        language: str | None,
        options: WhisperOptions,
        lease: Lease[WhisperEngine],
        *,
        english: bool,
    ) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._model = model
        self._english = english
        self._code = whisper_code(language, model, english=english)
        self._options = options
        self._lease = lease

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
        code = self._code
        if utils.is_given(language):
            code = whisper_code(language, self._model, english=self._english)
        try:
            heard = await self._transcribe(buffer, code)
        except VoiceGatewayError:
            raise
        except Exception as error:
            raise APIConnectionError(
                f"Whisper failed ({type(error).__name__})", retryable=False
            ) from error
        return _event(heard)

    async def _transcribe(self, buffer: AudioBuffer, code: str | None) -> Transcript:
        engine = await self._lease.get()
        stop = threading.Event()

        def work() -> Transcript:
            return engine.transcribe(mono_16k(buffer), code, self._options, stop)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(engine.executor, work)
        finally:  # also when this is cancelled: the thread then ends at its next segment
            stop.set()


def _event(heard: Transcript) -> stt.SpeechEvent:
    data = stt.SpeechData(
        language=LanguageCode(heard.language),
        text=heard.text,
        start_time=heard.start,
        end_time=heard.end,
        confidence=heard.confidence,
    )
    return stt.SpeechEvent(
        type=stt.SpeechEventType.FINAL_TRANSCRIPT,
        request_id=utils.shortuuid("whisper_"),
        alternatives=[data],
    )
