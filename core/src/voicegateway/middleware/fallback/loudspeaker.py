"""What is heard of several voices: one stream of audio at one rate, nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit import rtc
from livekit.agents import APIConnectionError, tts, utils
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

from voicegateway.middleware.error_names import error_name

if TYPE_CHECKING:
    from voicegateway.middleware.fallback.tts import TTSFallback

__all__ = ["Loudspeaker"]


_SOUND_SECONDS = 0.02
"""Less audio than this is no sound: a voice that drips single samples is as good as silent."""

_TAKES_FRAMES = hasattr(tts.AudioEmitter, "push_frame")
"""Not at the lowest LiveKit we allow."""


class Loudspeaker:
    """Plays the audio of one voice after the other into an emitter of LiveKit's. The first
    milliseconds are held back until they make a sound."""

    def __init__(self, emitter: tts.AudioEmitter, adapter: TTSFallback, *, stream: bool) -> None:
        self._emitter = emitter
        self._adapter = adapter
        self._resampler: rtc.AudioResampler | None = None
        self._index = 0
        self._heard = False
        self._held_back: list[tts.SynthesizedAudio] = []
        self._unsounded = 0.0
        """Seconds of audio since the last sound was complete."""
        emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=adapter.sample_rate,
            num_channels=adapter.num_channels,
            mime_type="audio/pcm",
            stream=stream,
        )
        if stream:
            emitter.start_segment(segment_id=utils.shortuuid())

    def tune(self, index: int) -> None:
        """The voice that speaks next."""
        self._index = index
        self._held_back.clear()
        self._unsounded = 0.0
        rate, ours = self._adapter.chain.children[index].sample_rate, self._adapter.sample_rate
        self._resampler = None
        if rate != ours:
            self._resampler = rtc.AudioResampler(
                input_rate=rate, output_rate=ours, num_channels=self._adapter.num_channels
            )

    def play(self, audio: tts.SynthesizedAudio) -> bool:
        """Whether that made a sound, together with what came before."""
        self._held_back.append(audio)
        self._unsounded += audio.frame.duration
        sound = self._unsounded >= _SOUND_SECONDS
        if sound:
            self._unsounded = 0.0
        if sound or self._heard:
            self._pass_on()
        return sound

    def end(self) -> None:
        """The voice has said everything. Raises if that was nothing."""
        self._pass_on()
        if not self._heard:
            raise APIConnectionError("no audio")
        if self._resampler is not None:
            self._emit(self._resampler.flush())

    def _pass_on(self) -> None:
        if self._held_back and not self._heard:
            self._heard = True
            self._adapter.serving(self._index)
        for audio in self._held_back:
            if texts := audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT):
                self._emitter.push_timed_transcript(texts)
            frame = audio.frame
            self._emit([frame] if self._resampler is None else self._resampler.push(frame))
        self._held_back.clear()

    def _emit(self, frames: list[rtc.AudioFrame]) -> None:
        for frame in frames:
            if _TAKES_FRAMES:
                self._emitter.push_frame(frame)
            else:
                self._emitter.push(bytes(frame.data.cast("b")))

    @property
    def heard(self) -> bool:
        """Whether the caller has heard anything of this turn."""
        return self._heard

    def no_return(self, error: Exception) -> Exception | None:
        """Once something was heard, no other voice may begin anew."""
        if not self.heard:
            return None
        name = self._adapter.chain.names[self._index]
        return APIConnectionError(
            f"{name} failed in the middle of its speech ({error_name(error)}).", retryable=False
        )

    async def play_out(self) -> None:
        """Let the caller have what was spoken before the voice failed."""
        if self.heard:
            self._emitter.end_input()
            await self._emitter.join()
