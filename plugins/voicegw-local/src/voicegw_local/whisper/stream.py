"""Whisper as a stream: interim transcripts while somebody speaks, a final one when they stop.

Whisper itself is not streaming: a voice activity detector finds the utterance, passes over what
was said of it so far give the interim transcripts, and a pass over the whole gives the final
one. Where the machine does not keep up, interim transcripts come less often or not at all, and
the final one is as it would have been.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING

from livekit.agents import APIConnectionError, stt, utils
from livekit.agents.types import APIConnectOptions
from livekit.agents.vad import VADEvent, VADEventType

from voicegateway.errors import VoiceGatewayError
from voicegw_local.whisper.agreement import Agreement
from voicegw_local.whisper.events import speech_event

if TYPE_CHECKING:
    from livekit import rtc
    from livekit.agents import vad

    from voicegw_local.whisper.stt import WhisperSTT

__all__ = ["WhisperStream"]

_LONGEST_PASS_SECONDS = 2.0
"""A machine that needs longer for a pass does not keep up: it gets no more for this utterance."""
_LONGEST_INTERIM_SECONDS = 28.0
"""Whisper hears thirty seconds at a time; a longer utterance would take two passes for one."""
_Kind = stt.SpeechEventType


class WhisperStream(stt.RecognizeStream):
    """Made by `WhisperSTT.stream`. Needs 16 kHz and asks LiveKit to resample to it."""

    def __init__(
        self,
        whisper: WhisperSTT,
        *,
        detector: vad.VAD,
        code: str | None,
        interim_seconds: float,
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(stt=whisper, conn_options=conn_options, sample_rate=16_000)
        self._whisper = whisper
        self._detector = detector
        self._code = code
        self._interim_seconds = interim_seconds

    async def _run(self) -> None:
        detection = self._detector.stream()
        tasks = [
            asyncio.create_task(self._forward(detection), name="whisper.forward"),
            asyncio.create_task(self._hear(detection), name="whisper.hear"),
        ]
        try:
            await asyncio.gather(*tasks)
        except (APIConnectionError, VoiceGatewayError):
            raise
        except Exception as error:  # noqa: BLE001 - LiveKit's error would quote its cause
            raise APIConnectionError(
                f"Whisper failed ({type(error).__name__})", retryable=False
            ) from None
        finally:
            await utils.aio.cancel_and_wait(*tasks)
            await detection.aclose()

    async def _forward(self, detection: vad.VADStream) -> None:
        async for item in self._input_ch:
            if isinstance(item, self._FlushSentinel):
                detection.flush()
            else:
                detection.push_frame(item)
        detection.end_input()

    async def _hear(self, detection: vad.VADStream) -> None:
        frames: list[rtc.AudioFrame] = []
        passes: asyncio.Task[None] | None = None
        try:
            async for event in detection:
                if event.type is VADEventType.START_OF_SPEECH:
                    frames = list(event.frames)
                    self._event_ch.send_nowait(stt.SpeechEvent(_Kind.START_OF_SPEECH))
                    passes = asyncio.create_task(self._interims(frames), name="whisper.interims")
                elif event.type is VADEventType.INFERENCE_DONE and passes is not None:
                    frames += event.frames
                elif event.type is VADEventType.END_OF_SPEECH and passes is not None:
                    await utils.aio.cancel_and_wait(passes)
                    passes = None
                    await self._final(event)
        finally:
            if passes is not None:
                await utils.aio.cancel_and_wait(passes)

    async def _interims(self, frames: list[rtc.AudioFrame]) -> None:
        """Passes over the growing utterance. A slow machine rests as long as it worked."""
        agreement, shown, rest = Agreement(), "", self._interim_seconds
        while True:
            await asyncio.sleep(rest)
            if sum(frame.duration for frame in frames) > _LONGEST_INTERIM_SECONDS:
                return
            started = time.perf_counter()
            heard = await self._whisper.transcribe(list(frames), self._code)
            spent = time.perf_counter() - started
            text = agreement.update(heard.text)
            if text and text != shown:
                shown = text
                seen = dataclasses.replace(heard, text=text)
                self._event_ch.send_nowait(speech_event(_Kind.INTERIM_TRANSCRIPT, seen))
            if spent > _LONGEST_PASS_SECONDS:
                return
            rest = max(self._interim_seconds, spent)

    async def _final(self, event: VADEvent) -> None:
        ended = time.time() - event.silence_duration - event.inference_duration
        self._event_ch.send_nowait(stt.SpeechEvent(_Kind.END_OF_SPEECH, speech_end_time=ended))
        heard = await self._whisper.transcribe(event.frames, self._code)
        if heard.text:
            self._event_ch.send_nowait(
                speech_event(_Kind.FINAL_TRANSCRIPT, heard, speech_end_time=ended)
            )
