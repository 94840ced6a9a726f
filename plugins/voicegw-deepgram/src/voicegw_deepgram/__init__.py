"""Provider `deepgram`: speech-to-text (Nova, Flux) and text-to-speech (Aura, Flux), through
LiveKit's own Deepgram plugin."""

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
    from livekit.agents import stt, tts

__all__ = [
    "check_provider",
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
) -> stt.STT[Any]:
    """A `livekit.plugins.deepgram.STT`, or an `STTv2` for `flux-*`."""
    from voicegw_deepgram.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> tts.TTS[Any]:
    """A `livekit.plugins.deepgram.TTS`, or a `TTSv2` for `flux-*`."""
    from voicegw_deepgram.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_deepgram.pricing import quote

    return quote(model, modality, usage, terms)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_deepgram.pricing import catalog

    return catalog().listed()


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_deepgram.verdict import judge_stream

    return judge_stream(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Deepgram",
        modalities=frozenset({Modality.STT, Modality.TTS}),
        key_variable="DEEPGRAM_API_KEY",
        docs_url="https://developers.deepgram.com/docs",
        models=(
            "nova-3",
            "nova-3-medical",
            "nova-2",
            "flux-general-en",
            "flux-general-multi",
            "aura-2",
            "aura",
            "flux",
        ),
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_deepgram.health import check_key

    return await check_key(settings)


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """The breakdowns of usage and of billing."""
    from voicegw_deepgram.usage_export import read_export

    return read_export(source)


@hookimpl
def pull_usage_export(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    from voicegw_deepgram.usage_pull import pull_pages

    return pull_pages(settings, start, end, folder)


@hookimpl
def preload_provider() -> None:
    import livekit.plugins.deepgram  # noqa: F401
