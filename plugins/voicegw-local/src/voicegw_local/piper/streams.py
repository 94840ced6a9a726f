"""The two ways in which LiveKit asks for speech: a whole text, or text as it is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from livekit.agents import tokenize, tts, utils
from livekit.agents.types import APIConnectOptions
from livekit.agents.voice.io import TimedString

if TYPE_CHECKING:
    from voicegw_local.piper.tts import PiperTTS

__all__ = ["PiperChunkedStream", "PiperSynthesizeStream"]

_SAMPLE_BYTES = 2
_SILENCE = 0.1  # seconds


class PiperChunkedStream(tts.ChunkedStream):
    """One text, spoken a sentence at a time."""

    def __init__(
        self, piper: PiperTTS, *, input_text: str, conn_options: APIConnectOptions
    ) -> None:
        super().__init__(tts=piper, input_text=input_text, conn_options=conn_options)
        self._piper = piper

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._piper, stream=False)
        spoken = False
        async for pcm in self._piper.speak(self._input_text):
            output_emitter.push(pcm)
            spoken = True
        if not spoken:
            output_emitter.push(_silence(self._piper))
        output_emitter.flush()


class PiperSynthesizeStream(tts.SynthesizeStream):
    """Text as it is written: a sentence is spoken as soon as it is complete."""

    def __init__(self, piper: PiperTTS, *, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=piper, conn_options=conn_options)
        self._piper = piper
        self._spoken = 0.0  # seconds of audio so far

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        _initialize(output_emitter, self._piper, stream=True)
        output_emitter.start_segment(segment_id=utils.shortuuid())
        self._spoken = 0.0
        sentences = tokenize.blingfire.SentenceTokenizer(retain_format=True).stream()
        tasks = [
            asyncio.create_task(self._forward(sentences)),
            asyncio.create_task(self._speak(sentences, output_emitter)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            await sentences.aclose()
            await utils.aio.cancel_and_wait(*tasks)
        output_emitter.end_segment()

    async def _forward(self, sentences: tokenize.SentenceStream) -> None:
        async for given in self._input_ch:
            if isinstance(given, self._FlushSentinel):
                sentences.flush()
            else:
                sentences.push_text(given)
        sentences.end_input()

    async def _speak(
        self, sentences: tokenize.SentenceStream, output_emitter: tts.AudioEmitter
    ) -> None:
        async for sentence in sentences:
            output_emitter.push_timed_transcript(
                TimedString(text=sentence.token, start_time=self._spoken)
            )
            if not sentence.token.strip():
                continue
            self._mark_started()
            async for pcm in self._piper.speak(sentence.token.strip()):
                self._push(output_emitter, pcm)
            output_emitter.flush()  # LiveKit holds audio back to make even frames of it
        if not self._spoken:
            self._push(output_emitter, _silence(self._piper))

    def _push(self, output_emitter: tts.AudioEmitter, pcm: bytes) -> None:
        output_emitter.push(pcm)
        self._spoken += len(pcm) / _SAMPLE_BYTES / self._piper.sample_rate


def _initialize(output_emitter: tts.AudioEmitter, piper: PiperTTS, *, stream: bool) -> None:
    output_emitter.initialize(
        request_id=utils.shortuuid("piper_"),
        sample_rate=piper.sample_rate,
        num_channels=1,
        mime_type="audio/pcm",
        stream=stream,
    )


def _silence(piper: PiperTTS) -> bytes:
    """For a text with nothing in it to speak, such as an ellipsis: without any audio LiveKit takes
    the turn for failed, tries again, and puts the text into its error."""
    return bytes(_SAMPLE_BYTES * round(_SILENCE * piper.sample_rate))
