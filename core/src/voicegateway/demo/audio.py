"""A microphone and a loudspeaker for an `AgentSession` that has no room."""

from __future__ import annotations

import asyncio
import time
import wave
from pathlib import Path

from livekit import rtc
from livekit.agents import utils
from livekit.agents.voice.io import AudioInput, AudioOutput, AudioOutputCapabilities

__all__ = ["Loudspeaker", "Microphone", "write_wav"]

_FRAME_SECONDS = 0.02
_RATE = 16_000


class Microphone(AudioInput):
    """Gives what it is told to say at the pace of speech, and silence the rest of the time."""

    def __init__(self) -> None:
        super().__init__(label="demo microphone")
        self._frames: utils.aio.Chan[rtc.AudioFrame] = utils.aio.Chan()
        self._speech: list[rtc.AudioFrame] = []
        self._spoken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.__anext__()

    def open(self) -> None:
        self._task = asyncio.create_task(self._pace())

    async def say(self, speech: rtc.AudioFrame) -> None:
        """Speak one frame of any rate and length; returns when the last of it was heard."""
        self._spoken.clear()
        self._speech = _cut(speech)
        await self._spoken.wait()

    async def close(self) -> None:
        if self._task is not None:
            await utils.aio.cancel_and_wait(self._task)
        self._frames.close()

    async def _pace(self) -> None:
        samples = int(_RATE * _FRAME_SECONDS)
        silence = rtc.AudioFrame(bytes(2 * samples), _RATE, 1, samples)
        due = time.perf_counter()
        while True:
            if self._speech:
                self._frames.send_nowait(self._speech.pop(0))
                if not self._speech:
                    self._spoken.set()
            else:
                self._frames.send_nowait(silence)
            due += _FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


def _cut(speech: rtc.AudioFrame) -> list[rtc.AudioFrame]:
    """Resample to 16 kHz and cut into frames of 20 ms."""
    resampler = rtc.AudioResampler(speech.sample_rate, _RATE)
    stream = utils.audio.AudioByteStream(_RATE, 1, int(_RATE * _FRAME_SECONDS))
    pieces = [*resampler.push(speech), *resampler.flush()]
    frames = [frame for piece in pieces for frame in stream.write(piece.data.tobytes())]
    return [*frames, *stream.flush()]


class Loudspeaker(AudioOutput):
    """Keeps what is played, and reports playback as a real one would, interruptions included."""

    def __init__(self) -> None:
        capabilities = AudioOutputCapabilities(pause=False)
        super().__init__(
            label="demo loudspeaker",
            next_in_chain=None,
            sample_rate=None,
            capabilities=capabilities,
        )
        self.frames: list[rtc.AudioFrame] = []
        self.started = asyncio.Event()
        self._queued = 0.0
        self._since: float | None = None
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self.frames.append(frame)
        self._queued += frame.duration
        if self._since is None:
            self._since = time.time()
            self.started.set()
            self.on_playback_started(created_at=self._since)

    def flush(self) -> None:
        super().flush()
        if self._since is not None:
            left = max(0.0, self._queued - (time.time() - self._since))
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(left, self._finish, False)  # noqa: FBT003

    def clear_buffer(self) -> None:
        if self._since is not None:
            self._finish(True)  # noqa: FBT003

    def _finish(self, interrupted: bool) -> None:  # noqa: FBT001 - call_later passes positions
        if self._since is None:
            return
        position = min(time.time() - self._since, self._queued) if interrupted else self._queued
        self._queued, self._since = 0.0, None
        if self._end is not None:
            self._end.cancel()
            self._end = None
        self.on_playback_finished(
            playback_position=position, interrupted=interrupted, synchronized_transcript=None
        )


def write_wav(path: Path, frames: list[rtc.AudioFrame]) -> float:
    """Write frames of one format to a wav file; the seconds written."""
    whole = rtc.combine_audio_frames(frames)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(whole.num_channels)
        file.setsampwidth(2)
        file.setframerate(whole.sample_rate)
        file.writeframes(whole.data.tobytes())
    return whole.duration
