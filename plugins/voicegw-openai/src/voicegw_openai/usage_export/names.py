"""How OpenAI's reports call a model, and how a ledger does."""

from __future__ import annotations

import re
from typing import Final

from voicegateway.types import Modality

__all__ = ["ledger_model", "modality_of"]

_SNAPSHOT: Final = re.compile(r"(?P<alias>.+)-\d{4}-\d{2}-\d{2}", re.ASCII)


def ledger_model(model: str | None) -> str | None:
    """A report has the snapshot that answered, `gpt-4o-mini-2024-07-18`; a model string has the
    alias that was asked, `gpt-4o-mini`."""
    found = _SNAPSHOT.fullmatch(model or "")
    return found["alias"] if found else model


def modality_of(model: str | None) -> Modality | None:
    """None where the report is not split by model."""
    if model is None:
        return None
    if "tts" in model:
        return Modality.TTS
    if "transcribe" in model or "whisper" in model:
        return Modality.STT
    return Modality.LLM
