"""Provider `cartesia`: Ink speech-to-text and Sonic text-to-speech, billed in credits."""

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
    from voicegw_cartesia.stt import CartesiaSTT
    from voicegw_cartesia.tts import CartesiaTTS

__version__ = "0.1.0"
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
) -> CartesiaSTT:
    from voicegw_cartesia.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> CartesiaTTS:
    from voicegw_cartesia.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_cartesia.pricing import quote

    return quote(model, modality, usage, terms)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_cartesia.pricing import catalog

    return catalog().listed()


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_cartesia.verdict import judge_stream

    return judge_stream(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Cartesia",
        modalities=frozenset({Modality.STT, Modality.TTS}),
        key_variable="CARTESIA_API_KEY",
        docs_url="https://docs.cartesia.ai",
        models=("ink-2", "ink-whisper", "sonic-3.5", "sonic-3", "sonic-2", "sonic-turbo"),
    )


@hookimpl
async def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_cartesia.health import check_key

    return await check_key(settings)


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """Credits a day."""
    from voicegw_cartesia.usage_export import read_export

    return read_export(source)


@hookimpl
def pull_usage_export(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    from voicegw_cartesia.usage_pull import pull_pages

    return pull_pages(settings, start, end, folder)


@hookimpl
def preload_provider() -> None:
    import livekit.plugins.cartesia  # noqa: F401
