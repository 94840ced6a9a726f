"""Kokoro as a native LiveKit TTS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from livekit.agents import tokenize

from voicegw_local.kokoro.cutting import CLAUSE_END, CLOSING, SENTENCE_END
from voicegw_local.kokoro.engine import SAMPLE_RATE
from voicegw_local.kokoro.options import KokoroOptions
from voicegw_local.kokoro.pieces import PieceStream, pieces_of
from voicegw_local.tts import LocalTTS

if TYPE_CHECKING:
    from voicegw_local.kokoro.engine import KokoroEngine
    from voicegw_local.sharing import Lease

__all__ = ["KokoroTTS"]


class KokoroTTS(LocalTTS["KokoroEngine"]):
    """Speaks the first words of a turn while the rest of it is still being written."""

    PROVIDER = "kokoro"
    ENGINE = "Kokoro"

    def __init__(
        self,
        model: str,
        voice: str,
        language: str,
        options: KokoroOptions,
        lease: Lease[KokoroEngine],
    ) -> None:
        """`language` is espeak-ng's name."""
        super().__init__(model, lease, sample_rate=SAMPLE_RATE)
        self._voice = voice
        self._language = language
        self._options = options

    def cut(self, text: str) -> Iterable[str]:
        return pieces_of(text, self._options.first_words)

    def pieces(self) -> tokenize.SentenceStream:
        return PieceStream(self._options.first_words)

    def pause_after(self, piece: str) -> float:
        """The engine cuts off the silence around a piece: what its last mark calls for."""
        mark = piece.rstrip().rstrip(CLOSING)[-1:]
        if mark and mark in SENTENCE_END:
            return self._options.sentence_pause
        return self._options.clause_pause if mark and mark in CLAUSE_END else 0.0

    def _synthesize(self, engine: KokoroEngine, text: str) -> Iterator[bytes]:
        return engine.synthesize(text, self._voice, self._language, self._options.speed)
