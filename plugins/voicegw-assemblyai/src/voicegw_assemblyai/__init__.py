"""Provider `assemblyai`: streaming speech-to-text, billed by the session, and text-to-speech."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
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
    from voicegw_assemblyai.stt import AssemblyAISTT
    from voicegw_assemblyai.tts import AssemblyAITTS

__version__ = "0.1.0"
__all__ = [
    "check_provider",
    "create_stt",
    "create_tts",
    "list_rates",
    "preload_provider",
    "price_usage",
    "provider_info",
    "read_usage_export",
    "validate_stream",
]


@hookimpl
def create_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> AssemblyAISTT:
    from voicegw_assemblyai.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> AssemblyAITTS:
    from voicegw_assemblyai.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_assemblyai.pricing import quote

    return quote(model, modality, usage, terms)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_assemblyai.pricing import catalog

    return catalog().listed()


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_assemblyai.verdict import judge_stream

    return judge_stream(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="AssemblyAI",
        modalities=frozenset({Modality.STT, Modality.TTS}),
        key_variable="ASSEMBLYAI_API_KEY",
        docs_url="https://www.assemblyai.com/docs",
        models=(
            "universal-3-6-pro",
            "universal-3-5-pro",
            "u3-rt-pro",
            "universal-streaming-english",
            "universal-streaming-multilingual",
            "assemblyai-tts-1",
        ),
        usage_export_hint="write the Termination message of each session as a line of JSON",
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_assemblyai.health import check_key

    return await check_key(settings)


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """The last message of each session, a JSON line each."""
    from voicegw_assemblyai.usage_export import read_export

    return read_export(source)


@hookimpl
def preload_provider() -> None:
    import livekit.plugins.assemblyai  # noqa: F401
