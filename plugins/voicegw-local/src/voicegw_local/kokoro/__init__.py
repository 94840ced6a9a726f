"""Provider `kokoro`: text-to-speech with Kokoro 82M, on this machine.

The engine, `kokoro-onnx`, is under the MIT licence and needs `phonemizer`, which is under the GPL
(3.0 or later). It is an extra of this package, is imported only when the model is loaded, and
nothing of either is part of this package.
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
from voicegw_local.kokoro.bundles import BUNDLES

if TYPE_CHECKING:
    from voicegw_local.kokoro.tts import KokoroTTS

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
) -> KokoroTTS:
    """Needs the engine and the model's files, and loads neither: see `KokoroTTS.prewarm`. `voice`
    is one of the 54 names in the voices file, such as `af_heart`."""
    from voicegw_local.kokoro.factory import make_tts

    return make_tts(model, voice, settings, options)


@hookimpl
def price_usage() -> PriceQuote:
    from voicegw_local.selfhosted import no_charge

    return no_charge("Kokoro")


@hookimpl
def validate_stream(report: StreamReport) -> StreamVerdict:
    from voicegw_local.selfhosted import verdict

    return verdict(report)


@hookimpl
def provider_info() -> ProviderInfo:
    return ProviderInfo(
        title="Kokoro (kokoro-onnx)",
        modalities=frozenset({Modality.TTS}),
        local=True,
        docs_url="https://github.com/thewh1teagle/kokoro-onnx",
        models=tuple(bundle.model for bundle in BUNDLES),
    )


@hookimpl
def check_provider(settings: ProviderSettings) -> ProviderCheck:
    from voicegw_local.health import check_engine

    return check_engine("kokoro", "kokoro_onnx", "kokoro-onnx", BUNDLES, settings)


@hookimpl
def model_bundles() -> Sequence[ModelBundle]:
    return BUNDLES


@hookimpl
def preload_provider() -> None:
    from voicegw_local.engines import import_engine, is_installed

    import_engine("livekit.agents", "kokoro")
    if is_installed("kokoro_onnx"):
        import_engine("kokoro_onnx", "kokoro")
