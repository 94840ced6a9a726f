"""faster-whisper behind the few calls that are made of it. Blocking: for worker threads."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegw_local.engines import import_engine
from voicegw_local.sharing import Engines
from voicegw_local.whisper.options import WhisperOptions

if TYPE_CHECKING:
    from voicegw_local.whisper.audio import Samples

__all__ = ["ENGINES", "StoppedError", "Transcript", "WhisperEngine"]


class StoppedError(Exception):
    """Nobody waits for the transcript any more."""


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    language: str
    start: float = 0.0
    """Seconds into the audio."""
    end: float = 0.0
    confidence: float = 0.0
    """Mean probability of a token, 0 to 1."""


class WhisperEngine:
    """A loaded model, and the threads that recognize with it."""

    alive = True

    def __init__(self, folder: Path, options: WhisperOptions) -> None:
        faster_whisper = import_engine("faster_whisper", "whisper")
        self._model = faster_whisper.WhisperModel(
            str(folder),
            device=options.device,
            device_index=options.device_index,
            compute_type=options.compute_type,
            cpu_threads=options.cpu_threads,
            num_workers=options.num_workers,
            local_files_only=True,
        )
        self.executor = ThreadPoolExecutor(options.num_workers, "voicegw-whisper")

    def transcribe(
        self,
        audio: Samples,
        language: str | None,
        options: WhisperOptions,
        stop: threading.Event,
    ) -> Transcript:
        """Raises `StoppedError` at the next segment once `stop` is set."""
        if stop.is_set():
            raise StoppedError
        if not audio.size:
            return Transcript("", language or "en")
        segments, info = self._model.transcribe(
            audio,
            language=language,
            beam_size=options.beam_size,
            temperature=options.temperature,
            vad_filter=options.vad_filter,
            no_speech_threshold=options.no_speech_threshold,
            condition_on_previous_text=options.condition_on_previous_text,
            initial_prompt=options.initial_prompt,
            hotwords=options.hotwords,
        )
        heard = []
        for segment in segments:  # each one is decoded when it is asked for
            if stop.is_set():
                raise StoppedError
            heard.append(segment)
        return _joined(heard, info.language)

    def close(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)
        del self._model  # CTranslate2 frees the weights with it


def _joined(segments: list[Any], language: str) -> Transcript:
    if not segments:
        return Transcript("", language)
    tokens = sum(len(segment.tokens) for segment in segments)
    logprob = sum(segment.avg_logprob * len(segment.tokens) for segment in segments)
    return Transcript(
        text="".join(segment.text for segment in segments).strip(),
        language=language,
        start=segments[0].start,
        end=segments[-1].end,
        confidence=math.exp(logprob / tokens) if tokens else 0.0,
    )


ENGINES: Engines[WhisperEngine] = Engines()
