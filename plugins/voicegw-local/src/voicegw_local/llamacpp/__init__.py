"""Provider `llamacpp`: language models in GGUF files, run by llama.cpp on this machine.

The engine, `xllamacpp`, runs in a process of its own that belongs to the agent and ends with it
(see `voicegw_local.llamacpp.worker` for why); there is no server to start. llama.cpp always opens
an HTTP port on the loopback address, which is not used here: it is locked with a random key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from voicegateway import hookimpl
from voicegateway.types import (
    Modality,
    ModelBundle,
    PriceQuote,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
)
from voicegw_local.llamacpp.bundles import BUNDLES

if TYPE_CHECKING:
    from voicegw_local.llamacpp.llm import LlamaLLM

__all__ = [
    "check_provider",
    "create_llm",
    "model_bundles",
    "preload_provider",
    "price_usage",
    "provider_info",
    "validate_stream",
]


@hookimpl
def create_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> LlamaLLM:
    """Needs the engine and the model's file, and loads neither: see `LlamaLLM.prewarm`."""
    from voicegw_local.llamacpp.factory import make_llm

    return make_llm(model, settings, options)


@hookimpl
def price_usage() -> PriceQuote:
    from voicegw_local.selfhosted import no_charge

    return no_charge("llama.cpp")


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_local.selfhosted import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="llama.cpp (xllamacpp)",
        modalities=frozenset({Modality.LLM}),
        local=True,
        docs_url="https://github.com/xorbitsai/xllamacpp",
        models=tuple(bundle.model for bundle in BUNDLES),
    )


@hookimpl
def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_local.health import check_engine

    return check_engine("llamacpp", "xllamacpp", "xllamacpp", BUNDLES, settings)


@hookimpl
def model_bundles() -> Sequence[ModelBundle]:
    return BUNDLES


@hookimpl
def preload_provider() -> None:
    from voicegw_local.engines import import_engine

    import_engine("livekit.agents", "llamacpp")  # the engine is imported by its own process
