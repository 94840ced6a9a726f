"""Make a `PiperTTS` out of what the hook is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.engines import need_engine
from voicegw_local.models import own_path, require_model
from voicegw_local.options import read_options
from voicegw_local.piper.bundles import BUNDLES
from voicegw_local.piper.engine import ENGINES, PiperEngine
from voicegw_local.piper.options import PiperOptions
from voicegw_local.piper.tts import PiperTTS
from voicegw_local.piper.voices import VoiceFile

__all__ = ["make_tts"]


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> PiperTTS:
    """Raises `ValueError` for options and speakers that cannot be, `EngineMissingError`, and
    `ModelFileError` where the voice is not here."""
    chosen = read_options(PiperOptions, "piper", settings, options)
    need_engine("piper", "piper")
    if chosen.model_path is None:
        path = require_model("piper", model, BUNDLES) / f"{model}.onnx"
    else:
        path = own_path("piper", chosen.model_path, ".json", folder=False)
    file = VoiceFile.read(path)
    speaker = file.speaker_id(voice if voice is not None else chosen.speaker)
    key = (path, chosen.device, chosen.threads)
    lease = ENGINES.lease(key, partial(PiperEngine, file, chosen))
    return PiperTTS(model, file, speaker, chosen, lease)
