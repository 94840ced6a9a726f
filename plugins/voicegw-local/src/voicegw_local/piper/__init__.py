"""Provider `piper`: text-to-speech with Piper, on this machine.

The engine, `piper-tts`, is under the GPL (3.0 or later). It is an extra of this package, is
imported only when a voice is loaded, and nothing of it is part of this package.
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
from voicegw_local.piper.bundles import BUNDLES

if TYPE_CHECKING:
    from voicegw_local.piper.tts import PiperTTS

__all__ = [
    "check_provider",
    "create_tts",
    "model_bundles",
    "preload_provider",
    "price_usage",
    "provider_info",
    "validate_stream",
]


@hookimpl
def create_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> PiperTTS:
    """Needs the engine and the voice's files, and loads neither: see `PiperTTS.prewarm`. `voice`
    is a speaker of a voice that has several."""
    from voicegw_local.piper.factory import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage() -> PriceQuote:
    from voicegw_local.selfhosted import no_charge

    return no_charge("Piper")


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_local.selfhosted import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Piper",
        modalities=frozenset({Modality.TTS}),
        local=True,
        docs_url="https://github.com/OHF-Voice/piper1-gpl",
        models=tuple(bundle.model for bundle in BUNDLES),
    )


@hookimpl
def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_local.health import check_engine

    return check_engine("piper", "piper", "piper-tts", BUNDLES, settings)


@hookimpl
def model_bundles() -> Sequence[ModelBundle]:
    return BUNDLES


@hookimpl
def preload_provider() -> None:
    from voicegw_local.engines import import_engine, is_installed

    import_engine("livekit.agents", "piper")
    if is_installed("piper"):
        import_engine("piper", "piper")
