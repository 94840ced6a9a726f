"""Provider `ollama`: language models of an Ollama server, through its native API.

Not through its OpenAI-compatible one, which ignores `num_ctx` and then cuts long conversations
without a word (https://github.com/ollama/ollama/issues/16814). Needs no extra: the server is a
program of its own, and the HTTP client is LiveKit's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voicegateway import hookimpl
from voicegateway.types import (
    Modality,
    PriceQuote,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
)

if TYPE_CHECKING:
    from voicegw_local.ollama.llm import OllamaLLM

__all__ = [
    "check_provider",
    "create_llm",
    "preload_provider",
    "price_usage",
    "provider_info",
    "validate_stream",
]


@hookimpl
def create_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> OllamaLLM:
    """Asks the server nothing yet: see `OllamaLLM.prewarm`."""
    from voicegw_local.ollama.factory import make_llm

    return make_llm(model, settings, options)


@hookimpl
def price_usage() -> PriceQuote:
    from voicegw_local.selfhosted import no_charge

    return no_charge("Ollama")


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_local.ollama.verdict import judge

    return judge(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Ollama",
        modalities=frozenset({Modality.LLM}),
        local=True,
        docs_url="https://docs.ollama.com/api",
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_local.ollama.health import check_server

    return await check_server(settings)


@hookimpl
def preload_provider() -> None:
    from voicegw_local.engines import import_engine

    import_engine("livekit.agents", "ollama")
