"""Piper as a native LiveKit TTS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from voicegw_local.piper.options import PiperOptions
from voicegw_local.piper.voices import VoiceFile
from voicegw_local.tts import LocalTTS

if TYPE_CHECKING:
    from voicegw_local.piper.engine import PiperEngine
    from voicegw_local.sharing import Lease

__all__ = ["PiperTTS"]


class PiperTTS(LocalTTS["PiperEngine"]):
    """Speaks a sentence while the next one is still being written."""

    PROVIDER = "piper"
    ENGINE = "Piper"

    def __init__(
        self,
        model: str,
        voice: VoiceFile,
        speaker: int | None,
        options: PiperOptions,
        lease: Lease[PiperEngine],
    ) -> None:
        super().__init__(model, lease, sample_rate=voice.sample_rate)
        self._speaker = speaker
        self._options = options

    def _synthesize(self, engine: PiperEngine, text: str) -> Iterator[bytes]:
        return engine.synthesize(text, self._speaker, self._options)
