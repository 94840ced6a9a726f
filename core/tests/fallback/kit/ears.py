"""An ear that really listens: words are bursts whose amplitude says which word it is."""

from __future__ import annotations

import array
import asyncio

from livekit import rtc
from livekit.agents import APIConnectionError, stt, vad

from voicegateway.testing import ScriptedError

RATE = 16_000
SAMPLES = 320
"""20 ms."""
STEP = 1000
"""Amplitude of word 1; word n has n times that."""


def word(number):
    """Half a second of a word."""
    return [_frame(number * STEP) for _ in range(25)]


def pause():
    """Half a second of silence."""
    return [_frame(0) for _ in range(25)]


def hum(seconds):
    """A noise that never dips."""
    return [_frame(STEP) for _ in range(round(seconds * 50))]


def _frame(amplitude):
    samples = array.array("h", [amplitude, -amplitude] * (SAMPLES // 2))
    return rtc.AudioFrame(samples.tobytes(), RATE, 1, SAMPLES)


def loudness(frame):
    return max(frame.data)


class Ear(stt.STT):
    """Hears words by their amplitude, and says each when it is over (`late` frames after), or an
    interim one as soon as it begins with `interim_only`. It goes wrong at frame `fails_at` of its
    first `fails` streams: `how` is error, hang (it reads on and says nothing), end, or deaf."""

    def __init__(
        self,
        *,
        fails_at=None,
        fails=99,
        how="error",
        late=0,
        deaf_to=(),
        says_times=False,
        own_times=False,
        says_speech=False,
        forgets_end=False,
        interim_only=False,
        never_ends=False,
    ):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.fails_at, self.fails, self.how, self.late = fails_at, fails, how, late
        self.deaf_to, self.says_times = set(deaf_to), says_times or own_times
        self.own_times = own_times
        self.says_speech, self.forgets_end = says_speech, forgets_end
        self.interim_only, self.never_ends = interim_only, never_ends
        self.calls = 0

    @property
    def model(self):
        return "ear"

    @property
    def provider(self):
        return "ears"

    async def _recognize_impl(self, *_, **__):
        raise APIConnectionError("it only streams")

    def stream(self, *, language=None, conn_options=None):
        return EarStream(stt=self, conn_options=conn_options)


class EarStream(stt.RecognizeStream):
    async def _run(self):
        ear = self._stt
        ear.calls += 1
        failing = ear.calls <= ear.fails and ear.fails_at is not None
        current, frames, pending = 0, 0, []
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                continue
            frames += 1
            if failing and frames >= ear.fails_at and await self._goes_wrong():
                return
            heard = round(loudness(frame) / STEP)
            if heard and heard != current:
                self._begins(heard)
            if current and heard != current:
                pending.append((frames + ear.late, current, (frames - 1) * 0.02))
            current = heard
            while pending and pending[0][0] <= frames:
                self._says(*pending.pop(0)[1:])
            await asyncio.sleep(0)
        for _, number, end in pending:
            self._says(number, end)
        if ear.never_ends:
            await asyncio.get_running_loop().create_future()

    async def _goes_wrong(self):
        how = self._stt.how
        if how == "error":
            raise ScriptedError
        if how == "hang":
            await asyncio.get_running_loop().create_future()
        if how == "deaf":
            async for _ in self._input_ch:
                pass
        return True

    def _begins(self, number):
        if self._stt.interim_only:
            self._send(stt.SpeechEventType.INTERIM_TRANSCRIPT, f"w{number}")
        if self._stt.says_speech:
            self._send(stt.SpeechEventType.START_OF_SPEECH)

    def _says(self, number, end):
        ear = self._stt
        if number in ear.deaf_to or ear.interim_only:
            return
        offset = 0 if ear.own_times else self.start_time_offset
        times = {"end_time": end + offset} if ear.says_times else {}
        self._send(stt.SpeechEventType.FINAL_TRANSCRIPT, f"w{number}", **times)
        if ear.says_speech and not ear.forgets_end:
            self._send(stt.SpeechEventType.END_OF_SPEECH)

    def _send(self, kind, text=None, **times):
        heard = [] if text is None else [stt.SpeechData(language="en", text=text, **times)]
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=heard))


class Words(vad.VAD):
    """Finds the words in such audio."""

    def __init__(self):
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.02))

    @property
    def model(self):
        return "words"

    @property
    def provider(self):
        return "ears"

    def stream(self):
        return WordsStream(self)


class WordsStream(vad.VADStream):
    async def _main_task(self):
        frames = []
        async for frame in self._input_ch:
            if not isinstance(frame, rtc.AudioFrame):
                continue
            if loudness(frame):
                if not frames:
                    self._send(vad.VADEventType.START_OF_SPEECH, [])
                frames.append(frame)
            elif frames:
                self._send(vad.VADEventType.END_OF_SPEECH, frames)
                frames = []

    def _send(self, kind, frames):
        event = vad.VADEvent(
            type=kind,
            samples_index=0,
            timestamp=0.0,
            speech_duration=0.02 * len(frames),
            silence_duration=0.0,
            frames=frames,
        )
        self._event_ch.send_nowait(event)
