"""Provider `whisper`: speech-to-text with faster-whisper, on this machine.

Without the option `streaming`, `AgentSession` puts its voice activity detection before it, and
each utterance is recognized when it has ended; with it, there are interim transcripts.
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
from voicegw_local.whisper.bundles import BUNDLES

if TYPE_CHECKING:
    from voicegw_local.whisper.stt import WhisperSTT

__all__ = [
    "check_provider",
    "create_stt",
    "model_bundles",
    "preload_provider",
    "price_usage",
    "provider_info",
    "validate_stream",
]


@hookimpl
def create_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> WhisperSTT:
    """Needs the engine and the model's files, and loads neither: see `WhisperSTT.prewarm`."""
    from voicegw_local.whisper.factory import make_stt

    return make_stt(model, language, settings, options)


@hookimpl
def price_usage() -> PriceQuote:
    from voicegw_local.selfhosted import no_charge

    return no_charge("Whisper")


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_local.selfhosted import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Whisper (faster-whisper)",
        modalities=frozenset({Modality.STT}),
        local=True,
        docs_url="https://github.com/SYSTRAN/faster-whisper",
        models=tuple(bundle.model for bundle in BUNDLES),
    )


@hookimpl
def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_local.health import check_engine

    return check_engine("whisper", "faster_whisper", "faster-whisper", BUNDLES, settings)


@hookimpl
def model_bundles() -> Sequence[ModelBundle]:
    return BUNDLES


@hookimpl
def preload_provider() -> None:
    from voicegw_local.engines import import_engine, is_installed

    import_engine("livekit.agents", "whisper")
    if is_installed("faster_whisper"):
        import_engine("faster_whisper", "whisper")
