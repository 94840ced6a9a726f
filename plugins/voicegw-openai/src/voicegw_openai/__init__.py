"""Provider `openai`: language models, speech-to-text and text-to-speech of OpenAI.

The entry point's module: hooks only. LiveKit and OpenAI's client are imported inside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

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
    UsageLine,
)

if TYPE_CHECKING:
    from livekit.plugins import openai as livekit_openai

__all__ = [
    "check_provider",
    "create_llm",
    "create_stt",
    "create_tts",
    "list_rates",
    "preload_provider",
    "price_usage",
    "provider_info",
    "pull_usage_export",
    "read_usage_export",
    "validate_stream",
]


@hookimpl
def create_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> livekit_openai.STT:
    from voicegw_openai.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_llm(
    model: str, settings: ProviderSettings, options: Mapping[str, Any]
) -> livekit_openai.LLM | livekit_openai.responses.LLM:
    """The option `api` selects `chat` (chat completions, the default) or `responses`."""
    from voicegw_openai.llm import make_llm

    return make_llm(model, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> livekit_openai.TTS:
    from voicegw_openai.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_openai.pricing import quote

    return quote(model, modality, usage, terms)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_openai.pricing import listed

    return listed()


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_openai.verdict import judge_stream

    return judge_stream(report)


@hookimpl
def provider_info() -> ProviderInfo:
    from voicegw_openai.models import MODELS

    return ProviderInfo(
        title="OpenAI",
        modalities=frozenset(Modality),
        key_variable="OPENAI_API_KEY",
        usage_key_variables=("OPENAI_ADMIN_KEY",),
        docs_url="https://developers.openai.com/api/docs",
        models=MODELS,
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_openai.health import check_key

    return await check_key(settings)


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """Pages of usage (completions, audio speeches, audio transcriptions) and of costs."""
    from voicegw_openai.usage_export import read_export

    return read_export(source)


@hookimpl
def pull_usage_export(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    from voicegw_openai.usage_export.pulling import pull_pages

    return pull_pages(settings, start, end, folder)


@hookimpl
def preload_provider() -> None:
    """LiveKit's plugin, the certificates for TLS and the price list: 1.5 s together, which the
    first call would otherwise pay."""
    import livekit.plugins.openai  # noqa: F401

    from voicegateway.pricing.llm_prices import prepare
    from voicegw_openai.clients import tls_context

    tls_context()
    prepare()
