"""The two ways in which LiveKit asks for speech: a whole text, or text as it is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from livekit.agents import tokenize, tts, utils
from livekit.agents.types import APIConnectOptions
from livekit.agents.voice.io import TimedString

if TYPE_CHECKING:
    from voicegw_local.tts import LocalTTS

__all__ = ["LocalChunkedStream", "LocalSynthesizeStream"]

_SAMPLE_BYTES = 2
_SILENCE = 0.1  # seconds


class LocalChunkedStream(tts.ChunkedStream):
    """One text, spoken a piece at a time."""

    def __init__(
        self, owner: LocalTTS[Any], *, input_text: str, conn_options: APIConnectOptions
    ) -> None:
        super().__init__(tts=owner, input_text=input_text, conn_options=conn_options)
        self._owner = owner

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._owner, stream=False)
        voice = _Voice(self._owner, output_emitter)
        for piece in self._owner.cut(self._input_text):
            await voice.say(piece)
        voice.finish()
        output_emitter.flush()


class LocalSynthesizeStream(tts.SynthesizeStream):
    """Text as it is written: a piece is spoken as soon as it is complete."""

    def __init__(self, owner: LocalTTS[Any], *, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=owner, conn_options=conn_options)
        self._owner = owner

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._owner, stream=True)
        output_emitter.start_segment(segment_id=utils.shortuuid())
        pieces = self._owner.pieces()
        tasks = [
            asyncio.create_task(self._forward(pieces)),
            asyncio.create_task(self._speak(pieces, output_emitter)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            await pieces.aclose()
            await utils.aio.cancel_and_wait(*tasks)
        output_emitter.end_segment()

    async def _forward(self, pieces: tokenize.SentenceStream) -> None:
        async for given in self._input_ch:
            if isinstance(given, self._FlushSentinel):
                pieces.flush()
            else:
                pieces.push_text(given)
        pieces.end_input()

    async def _speak(
        self, pieces: tokenize.SentenceStream, output_emitter: tts.AudioEmitter
    ) -> None:
        voice = _Voice(self._owner, output_emitter)
        async for piece in pieces:
            output_emitter.push_timed_transcript(
                TimedString(text=piece.token, start_time=voice.seconds)
            )
            if not piece.token.strip():
                continue
            self._mark_started()
            await voice.say(piece.token.strip())
            output_emitter.flush()  # LiveKit holds audio back to make even frames of it
        voice.finish()


class _Voice:
    """Speaks pieces into an emitter, with the pauses between them."""

    def __init__(self, owner: LocalTTS[Any], output_emitter: tts.AudioEmitter) -> None:
        self._owner = owner
        self._emitter = output_emitter
        self._pause = 0.0
        self.seconds = 0.0
        """Of audio so far."""

    async def say(self, piece: str) -> None:
        async for pcm in self._owner.speak(piece):
            if self._pause:
                self._be_silent(self._pause)
                self._pause = 0.0
            self._push(pcm)
        if self.seconds:
            self._pause = self._owner.pause_after(piece)

    def finish(self) -> None:
        """For a text with nothing in it to speak, such as an ellipsis: without any audio LiveKit
        takes the turn for failed, tries again, and puts the text into its error."""
        if not self.seconds:
            self._be_silent(_SILENCE)

    def _be_silent(self, seconds: float) -> None:
        self._push(bytes(_SAMPLE_BYTES * round(seconds * self._owner.sample_rate)))

    def _push(self, pcm: bytes) -> None:
        self._emitter.push(pcm)
        self.seconds += len(pcm) / _SAMPLE_BYTES / self._owner.sample_rate


def _initialize(output_emitter: tts.AudioEmitter, owner: LocalTTS[Any], *, stream: bool) -> None:
    output_emitter.initialize(
        request_id=utils.shortuuid(f"{owner.provider}_"),
        sample_rate=owner.sample_rate,
        num_channels=1,
        mime_type="audio/pcm",
        stream=stream,
    )
