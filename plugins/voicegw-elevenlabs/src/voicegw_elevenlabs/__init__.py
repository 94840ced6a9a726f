"""Provider `elevenlabs`: text-to-speech over a shared WebSocket or HTTP, speech-to-text with Scribe
in one request or in real time.

Imports neither LiveKit nor an HTTP client before a factory, `preload_provider` or a check is asked
for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
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
    from livekit.plugins import elevenlabs

__version__ = "0.1.0"
__all__ = [
    "__version__",
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
) -> elevenlabs.STT:
    """`scribe_v2_realtime` streams; the other models recognize one utterance a request."""
    from voicegw_elevenlabs.stt import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> elevenlabs.TTS:
    from voicegw_elevenlabs.tts import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage(
    model: str, modality: Modality, usage: Usage, terms: PriceTerms
) -> PriceQuote | None:
    from voicegw_elevenlabs.pricing import quote

    return quote(model, modality, usage, terms)


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_elevenlabs.verdict import judge_report

    return judge_report(report)


@hookimpl
def list_rates() -> Iterable[ListedRate]:
    from voicegw_elevenlabs.pricing import catalog

    return list(catalog().listed())


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="ElevenLabs",
        modalities=frozenset({Modality.STT, Modality.TTS}),
        key_variable="ELEVEN_API_KEY",  # as LiveKit's plugin calls it
        docs_url="https://elevenlabs.io/docs/api-reference",
        models=(
            "scribe_v2_realtime",
            "scribe_v2",
            "scribe_v1",
            "eleven_flash_v2_5",
            "eleven_flash_v2",
            "eleven_turbo_v2_5",
            "eleven_turbo_v2",
            "eleven_multilingual_v2",
            "eleven_v3",
            "eleven_v3_conversational",
            "eleven_v4",
            "eleven_v4_turbo",
        ),
    )


@hookimpl
def check_provider(settings: ProviderSettings) -> ProviderCheck | Awaitable[ProviderCheck]:
    from voicegw_elevenlabs.health import check

    return check(settings)


@hookimpl
def read_usage_export(source: str | PathLike[str] | IO[bytes]) -> Iterable[UsageLine]:
    """Character statistics, and both workspace analytics: credits and costs."""
    from voicegw_elevenlabs.usage_export import read_export

    return read_export(source)


@hookimpl
def pull_usage_export(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterable[Path]:
    from voicegw_elevenlabs.usage_export.pulling import pull_pages

    return pull_pages(settings, start, end, folder)


@hookimpl
def preload_provider() -> None:
    """LiveKit registers a plugin on the main thread only, when it is first imported."""
    import livekit.plugins.elevenlabs  # noqa: F401
