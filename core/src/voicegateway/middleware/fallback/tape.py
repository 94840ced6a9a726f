"""The audio of a stream as it comes, kept since the last final transcript."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncIterable, Iterator
from typing import Any, NamedTuple

from livekit import rtc
from livekit.agents import stt

from voicegateway.middleware.fallback.hearing import Hearing
from voicegateway.middleware.fallback.voice_gate import Sound, VoiceGate

__all__ = ["Tape"]


_TOLERANCE = 0.02
"""Seconds: vendors round their times, and sums of frames are not exact."""


class _Piece(NamedTuple):
    frame: rtc.AudioFrame | None
    """None for a flush."""
    starts: float
    """Seconds of audio that came before it."""
    ends: float
    voiced: bool


class Tape:
    """Reads a stream's input, and plays it to the ear whose turn it is, from the first audio that
    nobody has transcribed yet, but at most the last `keep` seconds."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._pieces: deque[_Piece] = deque()
        self._gate = VoiceGate()
        self._ear: stt.RecognizeStream | None = None
        self._hearing: Hearing | None = None
        self.recorded = 0.0
        """Seconds of audio so far."""
        self.ended = False

    @property
    def starts(self) -> float:
        """Seconds of audio before what is kept."""
        return self._pieces[0].starts if self._pieces else self.recorded

    @property
    def voiced(self) -> float:
        """Seconds of what is kept that may be speech."""
        return sum(piece.ends - piece.starts for piece in self._pieces if piece.voiced)

    async def record(self, source: AsyncIterable[Any]) -> None:
        """Until the source ends."""
        async for item in source:
            if isinstance(item, rtc.AudioFrame):
                self._add(item)
            else:
                self._flush()
        self.ended = True
        if self._ear is not None:
            self._end()

    def transcribed(self, until: float | None) -> None:
        """A final transcript covers so many seconds of audio; all there is if it does not say."""
        if until is None:
            self._pieces.clear()
        while self._pieces and until is not None and self._pieces[0].ends <= until + _TOLERANCE:
            self._pieces.popleft()

    @contextlib.contextmanager
    def played_to(self, ear: stt.RecognizeStream, hearing: Hearing) -> Iterator[None]:
        """An ear gets what is kept, and what comes while the block runs."""
        self._ear, self._hearing = ear, hearing
        for piece in self._pieces:
            self._play(piece)
        if self.ended:
            self._end()
        try:
            yield
        finally:
            self._ear = self._hearing = None

    def _add(self, frame: rtc.AudioFrame) -> None:
        seconds = frame.duration
        sound = self._gate.judge(frame, seconds)
        starts = self.recorded
        self.recorded = starts + seconds
        piece = _Piece(frame, starts, self.recorded, sound is Sound.VOICED)
        self._pieces.append(piece)
        while self.recorded - self._pieces[0].starts > self._keep:
            self._pieces.popleft()
        self._play(piece)
        if sound is Sound.STEADY and self._hearing is not None:
            self._hearing.steady()

    def _flush(self) -> None:
        piece = _Piece(None, self.recorded, self.recorded, voiced=False)
        self._pieces.append(piece)
        self._play(piece)

    def _play(self, piece: _Piece) -> None:
        if self._ear is None or self._hearing is None:
            return
        try:
            if piece.frame is not None:
                self._ear.push_frame(piece.frame)
            else:
                self._ear.flush()
        except RuntimeError:  # it has just ended; whoever reads its events knows
            self._ear = None
            return
        if piece.voiced:
            self._hearing.voiced(piece.ends - piece.starts)
        elif piece.frame is None:
            self._hearing.flushed()

    def _end(self) -> None:
        if self._ear is not None and self._hearing is not None:
            with contextlib.suppress(RuntimeError):  # as above
                self._ear.end_input()
            self._hearing.ended()
