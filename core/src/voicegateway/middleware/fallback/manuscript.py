"""The text of a turn as it comes, kept for every voice that may have to speak it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable, Iterator
from typing import Any

from livekit.agents import tts

from voicegateway.middleware.fallback.deadline import Deadline

__all__ = ["Manuscript"]

_ENOUGH_CHARACTERS = 200
"""After so many, no voice waits for more text before it begins to speak."""


class Manuscript:
    """Reads a stream's input, and hands it to the voice whose turn it is, from the start."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._pieces: list[str | None] = []
        """None where a flush came."""
        self._characters = 0
        self._complete = False
        """A flush or the end has come: all that was given is to be spoken now."""
        self._ended = False
        self._decided = asyncio.Event()
        self._voice: tts.SynthesizeStream | None = None
        self._deadline: Deadline | None = None

    @property
    def text(self) -> str:
        return "".join(piece for piece in self._pieces if piece)

    async def read(self, source: AsyncIterable[Any]) -> None:
        """Until the source ends."""
        async for piece in source:
            self._take(piece if isinstance(piece, str) else None)
        self._ended = self._complete = True
        self._decided.set()
        if self._voice is not None:
            self._voice.end_input()
        self._expect()

    async def says_something(self) -> bool:
        """Waits until that is known."""
        await self._decided.wait()
        return bool(self.text.strip())

    def patience(self) -> float | None:
        """How long a voice may be silent after it was heard: while more text may come, it may
        have nothing to say."""
        return self._timeout if self._complete else None

    @contextlib.contextmanager
    def handed_to(self, voice: tts.SynthesizeStream, deadline: Deadline) -> Iterator[None]:
        """A voice gets what there is, and what comes while the block runs."""
        for piece in self._pieces:
            _hand(voice, piece)
        if self._ended:
            voice.end_input()
        self._voice, self._deadline = voice, deadline
        self._expect()
        try:
            yield
        finally:
            self._voice = self._deadline = None

    def _take(self, piece: str | None) -> None:
        self._pieces.append(piece)
        if piece is None:
            self._complete = True
        else:
            self._characters += len(piece)
            if not piece.isspace():
                self._decided.set()
        if self._voice is not None:
            _hand(self._voice, piece)
        self._expect()

    def _expect(self) -> None:
        if self._deadline is None or self._deadline.pending:
            return
        if self._complete or self._characters >= _ENOUGH_CHARACTERS:
            self._deadline.expect(self._timeout)


def _hand(voice: tts.SynthesizeStream, piece: str | None) -> None:
    if piece is None:
        voice.flush()
    else:
        voice.push_text(piece)
