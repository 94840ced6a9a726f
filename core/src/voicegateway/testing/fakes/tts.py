"""A voice that says nothing, at length."""

from __future__ import annotations

import asyncio
from typing import Any

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, tts

from voicegateway.testing.fakes.script import ScriptedError, go_wrong

__all__ = ["FakeTTS"]

SAMPLE_RATE = 24_000
SAMPLES_PER_CHARACTER = 480
"""20 ms of speech for a character."""


class FakeTTS(tts.TTS[Any]):
    """Speaks 20 ms of silence a character, after `delay` seconds a piece of text.

    `streaming=True` makes `synthesize` go through LiveKit's `_synthesize_with_stream`. With
    `tokens` it reports so many of text in and audio out, as models that bill tokens do."""

    def __init__(
        self,
        *,
        streaming: bool = True,
        delay: float = 0.0,
        fails: int = 0,
        fail_after: int = 0,
        hang: bool = False,
        tokens: tuple[int, int] | None = None,
        error: type[Exception] = ScriptedError,
    ) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=streaming),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self.delay, self.fails, self.fail_after = delay, fails, fail_after
        self.error, self.hang, self.tokens = error, hang, tokens
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
            await go_wrong(self)
        await asyncio.sleep(self.delay)
        emitter.push(bytes(2 * SAMPLES_PER_CHARACTER * len(text)))
        return spoken + 1

    def report(self, stream: Any) -> None:
        if self.tokens is not None:
            stream._set_token_usage(input_tokens=self.tokens[0], output_tokens=self.tokens[1])  # noqa: SLF001 - how a vendor's plugin says it


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
        fake.report(self)


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
        fake.report(self)
