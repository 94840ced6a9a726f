"""What ElevenLabs' reports call things."""

from __future__ import annotations

from typing import Final

from voicegateway.types import Modality

__all__ = ["is_model", "modality_of"]

_PRODUCTS: Final = {
    "tts": Modality.TTS,
    "texttospeech": Modality.TTS,
    "stt": Modality.STT,
    "speechtotext": Modality.STT,
}
_MODELS: Final = {"eleven_": Modality.TTS, "scribe_": Modality.STT}


def is_model(name: str) -> bool:
    return name.startswith(tuple(_MODELS))


def modality_of(product: str | None, model: str | None) -> Modality | None:
    """Of the product where the report has it, else as the model's name says."""
    if product is not None:
        return _PRODUCTS.get("".join(filter(str.isalnum, product.lower())))
    return next((kind for start, kind in _MODELS.items() if (model or "").startswith(start)), None)
