"""Make a `WhisperSTT` out of what the hook is given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.engines import need_engine
from voicegw_local.models import own_path, require_model
from voicegw_local.options import read_options
from voicegw_local.whisper.bundles import BUNDLES
from voicegw_local.whisper.engine import ENGINES, WhisperEngine
from voicegw_local.whisper.languages import english_only
from voicegw_local.whisper.options import WhisperOptions
from voicegw_local.whisper.stt import WhisperSTT

__all__ = ["make_stt"]

# Without its tokenizer.json the engine would download one.
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> WhisperSTT:
    """Raises `ValueError` for options and languages that cannot be, `EngineMissingError`, and
    `ModelFileError` where the model is not here."""
    chosen = read_options(WhisperOptions, "whisper", settings, options)
    need_engine("faster_whisper", "whisper")
    if chosen.model_path is None:
        folder = require_model("whisper", model, BUNDLES)
    else:
        folder = own_path("whisper", chosen.model_path, *_NEEDED, folder=True)
    english = english_only(folder)
    lease = ENGINES.lease((folder, _engine_key(chosen)), partial(WhisperEngine, folder, chosen))
    try:
        return WhisperSTT(model, language, chosen, lease, english=english)
    except ValueError:
        lease.release()
        raise


def _engine_key(options: WhisperOptions) -> tuple[object, ...]:
    """What one loaded model cannot share with another; the rest is said anew for each call."""
    return (
        options.device,
        options.device_index,
        options.compute_type,
        options.cpu_threads,
        options.num_workers,
    )
