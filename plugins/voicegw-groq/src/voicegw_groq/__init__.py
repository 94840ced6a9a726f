"""Provider `groq`: language models, Whisper and Orpheus, through LiveKit's own plugin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from voicegateway import hookimpl
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceQuote,
    PriceTerms,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
    Usage,
)

if TYPE_CHECKING:
    from livekit.plugins import groq

__all__ = [
    "check_provider",
    "create_llm",
    "create_stt",
    "create_tts",
    "list_rates",
    "preload_provider",
    "price_usage",
    "provider_info",
    "validate_stream",
]


@hookimpl
def create_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> groq.STT:
    from voicegw_groq.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_llm(model: str, settings: ProviderSettings, options: Mapping[str, Any]) -> groq.LLM:
    from voicegw_groq.llm import make_llm

    return make_llm(model, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> groq.TTS:
    from voicegw_groq.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_groq.pricing import price

    return price(model, modality, usage, terms)


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_groq.verdict import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    from voicegw_groq.models import LLM_MODELS, STT_MODELS, TTS_MODELS

    return ProviderInfo(
        title="Groq",
        modalities=frozenset({Modality.STT, Modality.LLM, Modality.TTS}),
        key_variable="GROQ_API_KEY",
        docs_url="https://console.groq.com/docs",
        models=LLM_MODELS + STT_MODELS + TTS_MODELS,
        usage_export_hint="write what its console shows as the plain CSV of docs/reconcile.md",
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_groq.health import check

    return await check(settings)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_groq.pricing import rates

    return rates()


@hookimpl
def preload_provider() -> None:
    """Also reads the price list, which takes most of a second the first time."""
    import livekit.plugins.groq  # noqa: F401

    from voicegateway.pricing import llm_prices

    llm_prices.prepare()
