"""Make a `KokoroTTS` out of what the hook is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.engines import need_engine
from voicegw_local.kokoro.bundles import BUNDLES, MODEL_FILE, VOICES_FILE
from voicegw_local.kokoro.engine import ENGINES, KokoroEngine, KokoroFiles
from voicegw_local.kokoro.options import KokoroOptions
from voicegw_local.kokoro.tts import KokoroTTS
from voicegw_local.kokoro.voices import language_of, voice_named, voices_in
from voicegw_local.models import own_path, require_model
from voicegw_local.options import read_options

__all__ = ["make_tts"]


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> KokoroTTS:
    """Raises `ValueError` for options, voices and languages that cannot be, `EngineMissingError`,
    and `ModelFileError` where the model is not here."""
    chosen = read_options(KokoroOptions, "kokoro", settings, options)
    need_engine("kokoro_onnx", "kokoro")
    files = _files(model, chosen)
    name = voice_named(voice or chosen.voice, voices_in(files.voices))
    language = language_of(chosen.language, name)
    key = (files, chosen.device, chosen.threads)
    lease = ENGINES.lease(key, partial(KokoroEngine, files, name, chosen))
    return KokoroTTS(model, name, language, chosen, lease)


def _files(model: str, options: KokoroOptions) -> KokoroFiles:
    if options.model_path is None or options.voices_path is None:
        folder = require_model("kokoro", model, BUNDLES)
        return KokoroFiles(folder / MODEL_FILE, folder / VOICES_FILE)
    return KokoroFiles(
        own_path("kokoro", options.model_path, folder=False),
        own_path("kokoro", options.voices_path, folder=False, option="voices_path"),
    )
