"""What the voices of this machine have in common: a native LiveKit TTS over a shared engine."""

from __future__ import annotations

import asyncio
import weakref
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from livekit.agents import APIConnectionError, tokenize, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions

from voicegateway.errors import VoiceGatewayError
from voicegw_local.sharing import Closable
from voicegw_local.tts_streams import LocalChunkedStream, LocalSynthesizeStream

if TYPE_CHECKING:
    from voicegw_local.sharing import Lease

__all__ = ["LocalTTS", "SpeechEngine"]


class SpeechEngine(Closable, Protocol):
    """A loaded voice, and the threads that speak with it."""

    @property
    def executor(self) -> Executor: ...


_E = TypeVar("_E", bound=SpeechEngine)


class LocalTTS(tts.TTS[Any], Generic[_E]):
    """Speaks a piece of text while the next one is still being written. `prewarm` loads the voice
    in a thread; without it, the first piece waits for that, and the event loop does not."""

    PROVIDER: ClassVar[str]
    ENGINE: ClassVar[str]
    """The engine's name, for errors."""

    def __init__(self, model: str, lease: Lease[_E], *, sample_rate: int) -> None:
        """`sample_rate` in Hz."""
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=sample_rate,
            num_channels=1,
        )
        self._model = model
        self._lease = lease
        self._streams: weakref.WeakSet[LocalChunkedStream | LocalSynthesizeStream]
        self._streams = weakref.WeakSet()

    @property
    def model(self) -> str:
        return self._model

    @property
    def provider(self) -> str:
        return self.PROVIDER

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> LocalChunkedStream:
        stream = LocalChunkedStream(self, input_text=text, conn_options=conn_options)
        self._streams.add(stream)
        return stream

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> LocalSynthesizeStream:
        stream = LocalSynthesizeStream(self, conn_options=conn_options)
        self._streams.add(stream)
        return stream

    def prewarm(self) -> None:
        """Begin to load the voice in a thread. Returns at once; does nothing the second time."""
        self._lease.start()

    async def aclose(self) -> None:
        """End what is being spoken and free the voice, unless another object uses it too."""
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams)))
        await asyncio.to_thread(self._lease.release)

    def cut(self, text: str) -> Iterable[str]:
        """The pieces in which a whole text is spoken."""
        return (text,)

    def pieces(self) -> tokenize.SentenceStream:
        """Cuts text into pieces as it is written: sentences."""
        return tokenize.blingfire.SentenceTokenizer(retain_format=True).stream()

    def pause_after(self, piece: str) -> float:  # noqa: ARG002 - for those that need it
        """Seconds of silence between this piece and the next, besides what the voice makes."""
        return 0.0

    async def speak(self, text: str) -> AsyncIterator[bytes]:
        """16-bit mono PCM of `text`, bit by bit, made in a worker thread. Whoever stops listening
        stops it before the next bit."""
        loop = asyncio.get_running_loop()
        try:
            engine = await self._lease.get()
            spoken = self._synthesize(engine, text)
            while True:
                pcm = await loop.run_in_executor(engine.executor, next, spoken, None)
                if pcm is None:
                    return
                yield pcm
        except VoiceGatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold what was to be spoken
            raise APIConnectionError(
                f"{self.ENGINE} failed ({type(error).__name__})", retryable=False
            ) from None

    @abstractmethod
    def _synthesize(self, engine: _E, text: str) -> Iterator[bytes]:
        """16-bit mono PCM of `text`. Runs in a worker thread, up to each `yield`."""
