"""Piper as a native LiveKit TTS."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from livekit.agents import APIConnectionError, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions

from voicegateway.errors import VoiceGatewayError
from voicegw_local.piper.options import PiperOptions
from voicegw_local.piper.streams import PiperChunkedStream, PiperSynthesizeStream
from voicegw_local.piper.voices import VoiceFile

if TYPE_CHECKING:
    from voicegw_local.piper.engine import PiperEngine
    from voicegw_local.sharing import Lease

__all__ = ["PiperTTS"]


class PiperTTS(tts.TTS[Any]):
    """Speaks a sentence while the next one is still being written. `prewarm` loads the voice in a
    thread; without it, the first sentence waits for that, and the event loop does not."""

    def __init__(
        self,
        model: str,
        voice: VoiceFile,
        speaker: int | None,
        options: PiperOptions,
        lease: Lease[PiperEngine],
    ) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=voice.sample_rate,
            num_channels=1,
        )
        self._model = model
        self._speaker = speaker
        self._options = options
        self._lease = lease
        self._streams: weakref.WeakSet[PiperChunkedStream | PiperSynthesizeStream]
        self._streams = weakref.WeakSet()

    @property
    def model(self) -> str:
        return self._model

    @property
    def provider(self) -> str:
        return "piper"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> PiperChunkedStream:
        stream = PiperChunkedStream(self, input_text=text, conn_options=conn_options)
        self._streams.add(stream)
        return stream

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> PiperSynthesizeStream:
        stream = PiperSynthesizeStream(self, conn_options=conn_options)
        self._streams.add(stream)
        return stream

    def prewarm(self) -> None:
        """Begin to load the voice in a thread. Returns at once; does nothing the second time."""
        self._lease.start()

    async def aclose(self) -> None:
        """End what is being spoken and free the voice, unless another object uses it too."""
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams)))
        await asyncio.to_thread(self._lease.release)

    async def speak(self, text: str) -> AsyncIterator[bytes]:
        """16-bit mono PCM of `text`, a sentence at a time, made in a worker thread. Whoever stops
        listening stops it before the next sentence."""
        loop = asyncio.get_running_loop()
        try:
            engine = await self._lease.get()
            sentences = engine.synthesize(text, self._speaker, self._options)
            while True:
                pcm = await loop.run_in_executor(engine.executor, next, sentences, None)
                if pcm is None:
                    return
                yield pcm
        except VoiceGatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold what was to be spoken
            raise APIConnectionError(
                f"Piper failed ({type(error).__name__})", retryable=False
            ) from None
