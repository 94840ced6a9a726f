"""Piper behind the one call that is made of it. Blocking: for worker threads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from voicegw_local.engines import import_engine
from voicegw_local.piper.options import PiperOptions
from voicegw_local.piper.voices import VoiceFile
from voicegw_local.sharing import Engines

__all__ = ["ENGINES", "PiperEngine"]

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_AT_A_TIME = 4  # sentences; each uses `threads` threads


class PiperEngine:
    """A loaded voice, and the threads that speak with it."""

    alive = True

    def __init__(self, voice: VoiceFile, options: PiperOptions) -> None:
        piper = import_engine("piper", "piper")
        # At DEBUG it logs every text it speaks. What is spoken never reaches a log.
        logging.getLogger("piper").setLevel(logging.INFO)
        self._configure = import_engine("piper.config", "piper").SynthesisConfig
        self._voice = piper.PiperVoice(
            session=_session(voice, options),
            config=piper.PiperConfig.from_dict(voice.config),
            download_dir=voice.path.parent,
        )
        self.executor = ThreadPoolExecutor(_AT_A_TIME, "voicegw-piper")
        for _ in self.synthesize("a", None, options):  # the first run allocates: not in a turn
            pass

    def synthesize(self, text: str, speaker: int | None, options: PiperOptions) -> Iterator[bytes]:
        """16-bit mono PCM, a sentence at a time."""
        length_scale = 1 / options.speed if options.speed is not None else options.length_scale
        how = self._configure(
            speaker_id=speaker,
            length_scale=length_scale,
            noise_scale=options.noise_scale,
            noise_w_scale=options.noise_w_scale,
            normalize_audio=options.normalize_audio,
            volume=options.volume,
        )
        for chunk in self._voice.synthesize(text, how):
            yield chunk.audio_int16_bytes

    def close(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)
        del self._voice


def _session(voice: VoiceFile, options: PiperOptions) -> Any:
    onnxruntime = import_engine("onnxruntime", "piper")
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = options.threads
    # Its idle threads spin otherwise, and take the cores from recognition and language model.
    how.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(voice.path), sess_options=how, providers=[_PROVIDERS[options.device]]
    )


ENGINES: Engines[PiperEngine] = Engines()
