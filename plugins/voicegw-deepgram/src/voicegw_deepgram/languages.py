"""How a language is told to Flux, whose model decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["flux_hints"]

_MULTILINGUAL: Final = "flux-general-multi"


def flux_hints(
    model: str, language: str | None, options: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The option `language_hint`. Raises `ValueError` for a language that the model does not
    hear."""
    if language is None or language == "multi":
        return _checked_multilingual(model) if language else {}
    base = language.partition("-")[0].lower()
    if model != _MULTILINGUAL:
        if base == "en":
            return {}
        raise ValueError(f"The model {model!r} hears English only: take {_MULTILINGUAL}:{base}.")
    if "language_hint" in options:
        raise ValueError("Give language or the option language_hint, which is the same for Flux.")
    return {"language_hint": [base]}


def _checked_multilingual(model: str) -> dict[str, list[str]]:
    if model != _MULTILINGUAL:
        raise ValueError(f"The model {model!r} hears English only: take {_MULTILINGUAL}.")
    return {}
