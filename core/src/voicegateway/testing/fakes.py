"""Native STT, LLM and TTS objects that follow a script and cost nothing.

Each counts its calls (`calls`) and fails the first `fails` of them, after `fail_after` chunks,
frames or characters. Nothing is random.
"""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    APIConnectionError,
    APIConnectOptions,
    llm,
    stt,
    tts,
)

__all__ = ["FakeLLM", "FakeSTT", "FakeTTS", "ScriptedError"]

SAMPLE_RATE = 24_000
SAMPLES_PER_CHARACTER = 480
"""20 ms of speech for a character."""


class ScriptedError(APIConnectionError):
    """The scripted failure."""

    def __init__(self) -> None:
        super().__init__("boom")


class FakeLLM(llm.LLM[Any]):
    """Says `words` one chunk at a time, then its usage: `prompt_tokens`, of which
    `cached_tokens` were cached, and a completion token a word."""

    def __init__(
        self,
        words: tuple[str, ...] = ("one ", "two ", "three ", "four "),
        *,
        prompt_tokens: int = 42,
        cached_tokens: int = 0,
        delay: float = 0.0,
        first_delay: float = 0.0,
        fails: int = 0,
        fail_after: int = 0,
        sends_usage: bool = True,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__()
        self.words, self.delay, self.first_delay = words, delay, first_delay
        self.prompt_tokens, self.cached_tokens = prompt_tokens, cached_tokens
        self.fails, self.fail_after, self.error = fails, fail_after, error
        self.sends_usage = sends_usage
        self.calls = 0

    @property
    def model(self) -> str:
        return "parrot-1"

    @property
    def provider(self) -> str:
        return "fake"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[Any] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        **_: Any,
    ) -> FakeLLMStream:
        return FakeLLMStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class FakeLLMStream(llm.LLMStream):
    async def _run(self) -> None:
        fake: FakeLLM = self._llm  # type: ignore[assignment]
        fake.calls += 1
        call = fake.calls
        await asyncio.sleep(fake.first_delay)
        for index, word in enumerate((*fake.words, None)):
            if call <= fake.fails and index == fake.fail_after:
                raise fake.error()
            if word is not None:
                delta = llm.ChoiceDelta(role="assistant", content=word)
                self._event_ch.send_nowait(llm.ChatChunk(id=f"request-{call}", delta=delta))
                await asyncio.sleep(fake.delay)
        if fake.sends_usage:
            usage = llm.CompletionUsage(
                completion_tokens=len(fake.words),
                prompt_tokens=fake.prompt_tokens,
                prompt_cached_tokens=fake.cached_tokens,
                total_tokens=fake.prompt_tokens + len(fake.words),
            )
            self._event_ch.send_nowait(llm.ChatChunk(id=f"request-{call}", usage=usage))


class FakeTTS(tts.TTS[Any]):
    """Speaks 20 ms of silence a character, after `delay` seconds a piece of text.

    `streaming=True` makes `synthesize` go through LiveKit's `_synthesize_with_stream`."""

    def __init__(
        self,
        *,
        streaming: bool = True,
        delay: float = 0.0,
        fails: int = 0,
        fail_after: int = 0,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=streaming),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self.delay, self.fails, self.fail_after, self.error = delay, fails, fail_after, error
        self.calls = 0

    @property
    def model(self) -> str:
        return "tone-1"

    @property
    def provider(self) -> str:
        return "fake"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        if self.capabilities.streaming:
            return self._synthesize_with_stream(text, conn_options=conn_options)
        return FakeChunkedStream(tts=self, input_text=text, conn_options=conn_options)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.SynthesizeStream:
        return FakeSynthesizeStream(tts=self, conn_options=conn_options)

    async def speak(self, text: str, call: int, spoken: int, emitter: tts.AudioEmitter) -> int:
        """Push the audio of one piece of text; returns how many pieces were spoken so far."""
        if call <= self.fails and spoken >= self.fail_after:
            raise self.error()
        await asyncio.sleep(self.delay)
        emitter.push(bytes(2 * SAMPLES_PER_CHARACTER * len(text)))
        return spoken + 1


class FakeChunkedStream(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        fake: FakeTTS = self._tts  # type: ignore[assignment]
        fake.calls += 1
        call, spoken = fake.calls, 0
        output_emitter.initialize(
            request_id=f"request-{call}",
            sample_rate=SAMPLE_RATE,
            num_channels=1,
            mime_type="audio/pcm",
        )
        for word in self.input_text.split(" "):
            spoken = await fake.speak(word, call, spoken, output_emitter)
        output_emitter.flush()


class FakeSynthesizeStream(tts.SynthesizeStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        fake: FakeTTS = self._tts  # type: ignore[assignment]
        fake.calls += 1
        call, spoken = fake.calls, 0
        output_emitter.initialize(
            request_id=f"request-{call}",
            sample_rate=SAMPLE_RATE,
            num_channels=1,
            mime_type="audio/pcm",
            stream=True,
        )
        async for piece in self._input_ch:
            if not isinstance(piece, str):
                continue
            if spoken == 0:
                self._mark_started()
                output_emitter.start_segment(segment_id="segment")
            spoken = await fake.speak(piece, call, spoken, output_emitter)
        if spoken:
            output_emitter.end_segment()


class FakeSTT(stt.STT[Any]):
    """Hears `transcript` in whatever it is given. A stream says what it used every
    `report_seconds` of audio and the rest when it is closed, or nothing at all with
    `report_seconds=None`; it transcribes once `hears_after` seconds were pushed."""

    def __init__(
        self,
        transcript: str = "hello there",
        *,
        streaming: bool = True,
        report_seconds: float | None = 5.0,
        hears_after: float = 0.5,
        fails: int = 0,
        fail_after: int = 0,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(streaming=streaming, interim_results=streaming)
        )
        self.transcript, self.report_seconds, self.hears_after = (
            transcript,
            report_seconds,
            hears_after,
        )
        self.fails, self.fail_after, self.error = fails, fail_after, error
        self.calls = 0
        self.heard_seconds = 0.0
        """Of all streams together."""

    @property
    def model(self) -> str:
        return "ear-1"

    @property
    def provider(self) -> str:
        return "fake"

    def heard(self) -> stt.SpeechEvent:
        return stt.SpeechEvent(
            type=stt.SpeechEventType.FINAL_TRANSCRIPT,
            request_id=f"request-{self.calls}",
            alternatives=[stt.SpeechData(language="en", text=self.transcript)],  # type: ignore[arg-type]
        )

    async def _recognize_impl(self, *_: Any, **__: Any) -> stt.SpeechEvent:
        self.calls += 1
        await asyncio.sleep(0)
        if self.calls <= self.fails:
            raise self.error()
        return self.heard()

    def stream(
        self,
        *,
        language: Any = None,  # noqa: ARG002 - part of LiveKit's signature
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> FakeRecognizeStream:
        return FakeRecognizeStream(stt=self, conn_options=conn_options)


class FakeRecognizeStream(stt.RecognizeStream):
    async def _run(self) -> None:
        fake: FakeSTT = self._stt  # type: ignore[assignment]
        fake.calls += 1
        call, frames, heard = fake.calls, 0, False
        total = reported = 0.0
        try:
            async for frame in self._input_ch:
                if not isinstance(frame, rtc.AudioFrame):
                    continue
                frames += 1
                if call <= fake.fails and frames > fake.fail_after:
                    raise fake.error()
                total += frame.duration
                fake.heard_seconds += frame.duration
                if fake.report_seconds is not None and total - reported >= fake.report_seconds:
                    self._report(total - reported)
                    reported = total
                if not heard and total >= fake.hears_after:
                    heard = True
                    self._event_ch.send_nowait(fake.heard())
        finally:
            if fake.report_seconds is not None and total > reported:
                self._report(total - reported)

    def _report(self, seconds: float) -> None:
        usage = stt.RecognitionUsage(audio_duration=seconds)
        kind = stt.SpeechEventType.RECOGNITION_USAGE
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, recognition_usage=usage))
