"""Make a `LlamaLLM` out of what the hook is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voicegateway.types import ProviderSettings
from voicegw_local.engines import need_engine
from voicegw_local.llamacpp.bundles import BUNDLES
from voicegw_local.llamacpp.engine import Engine, LocalEngine
from voicegw_local.llamacpp.llm import LlamaLLM
from voicegw_local.llamacpp.options import LlamaOptions
from voicegw_local.llamacpp.remote import WorkerEngine
from voicegw_local.models import bundle_of, own_path, require_model
from voicegw_local.options import read_options
from voicegw_local.sharing import Engines

__all__ = ["ENGINES", "make_llm"]

ENGINES: Engines[Engine] = Engines()


def make_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> LlamaLLM:
    """Raises `ValueError` for options that cannot be, `EngineMissingError`, and `ModelFileError`
    where the model is not here."""
    chosen = read_options(LlamaOptions, "llamacpp", settings, options)
    need_engine("xllamacpp", "llamacpp")
    path, load = str(_file(model, chosen)), chosen.load()
    kind = LocalEngine if chosen.in_process else WorkerEngine
    key = (kind, path, tuple(load.items()))
    return LlamaLLM(model, chosen, ENGINES.lease(key, lambda: kind(path, load)))


def _file(model: str, options: LlamaOptions) -> Path:
    if options.model_path is not None:
        return own_path("llamacpp", options.model_path, folder=False)
    bundle = bundle_of("llamacpp", model, BUNDLES)
    return require_model("llamacpp", model, BUNDLES) / bundle.files[0].path
