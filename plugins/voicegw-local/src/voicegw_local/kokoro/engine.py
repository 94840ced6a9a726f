"""Kokoro behind the one call that is made of it. Blocking: for worker threads."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicegw_local.engines import import_engine
from voicegw_local.kokoro.options import KokoroOptions
from voicegw_local.sharing import Engines

__all__ = ["ENGINES", "SAMPLE_RATE", "KokoroEngine", "KokoroFiles"]

SAMPLE_RATE = 24000
"""Hz, of every Kokoro voice."""

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_AT_A_TIME = 4  # pieces; each uses `threads` threads
_FULL_SCALE = 32767
# espeak-ng marks where it falls into another language, and Kokoro would read the mark aloud.
_SWITCH = re.compile(r"\((?:en|es|fr|hi|it|pt)(?:-[a-z]+)?\)")


@dataclass(frozen=True, slots=True)
class KokoroFiles:
    model: Path
    voices: Path


class KokoroEngine:
    """A loaded model with its voices, and the threads that speak with it."""

    alive = True

    def __init__(self, files: KokoroFiles, voice: str, options: KokoroOptions) -> None:
        kokoro = import_engine("kokoro_onnx", "kokoro")
        # At DEBUG it logs what it speaks, in phonemes. What is spoken never reaches a log.
        logging.getLogger("kokoro_onnx").setLevel(logging.WARNING)
        # And this one warns of every text in which it counts other words than espeak-ng.
        logging.getLogger("phonemizer").setLevel(logging.ERROR)
        self._kokoro = kokoro.Kokoro.from_session(_session(files, options), str(files.voices))
        self._lock = threading.Lock()
        self._voices: dict[str, Any] = {}
        self.executor = ThreadPoolExecutor(_AT_A_TIME, "voicegw-kokoro")
        for _ in self.synthesize("a", voice, "en-us", 1.0):
            pass  # the first run allocates: not in a turn

    def synthesize(self, text: str, voice: str, language: str, speed: float) -> Iterator[bytes]:
        """16-bit mono PCM of one piece of text; nothing if there is nothing in it to speak.
        `language` is espeak-ng's name."""
        phonemes = _SWITCH.sub("", self._kokoro.tokenizer.phonemize(text, language))
        if not any(map(str.isalpha, phonemes)):
            return
        audio, _ = self._kokoro.create(phonemes, self._voice(voice), speed, is_phonemes=True)
        yield (audio.clip(-1, 1) * _FULL_SCALE).astype("<i2").tobytes()

    def close(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)
        self._kokoro.voices.close()
        del self._kokoro

    def _voice(self, name: str) -> Any:
        with self._lock:  # they are read out of one open file
            if name not in self._voices:
                self._voices[name] = self._kokoro.get_voice_style(name)
            return self._voices[name]


def _session(files: KokoroFiles, options: KokoroOptions) -> Any:
    onnxruntime = import_engine("onnxruntime", "kokoro")
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = options.threads
    # Its idle threads spin otherwise, and take the cores from recognition and language model.
    how.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(files.model), sess_options=how, providers=[_PROVIDERS[options.device]]
    )


ENGINES: Engines[KokoroEngine] = Engines()
