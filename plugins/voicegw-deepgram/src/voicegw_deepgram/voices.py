"""Which model speaks. Deepgram has no voice beside the model: `aura-2-andromeda-en` is both, and
its last part is the language. A model string may name the family and give the voice apart."""

from __future__ import annotations

from typing import Final

__all__ = ["speaking_model"]

_DEFAULTS: Final = {"aura-2": "andromeda-en", "aura": "asteria-en", "flux": "alexis-en"}
"""The voice of a family that nobody chose one of: LiveKit's, and for the first Aura Deepgram's."""

_ALIASES: Final = {"aura-1": "aura"}
"""Price pages call the first family Aura-1; its voices are `aura-asteria-en` and so on."""


def speaking_model(model: str, voice: str | None) -> str:
    """`aura-2` and `andromeda-en` make `aura-2-andromeda-en`; a model that has its voice stays as
    it is. Raises `ValueError` where the two do not go together."""
    family = _ALIASES.get(model, model)
    if family not in _DEFAULTS:
        return _complete(model, voice)
    if voice is None:
        return f"{family}-{_DEFAULTS[family]}"
    own = _family(voice)
    if own is None and "-" not in voice:
        raise ValueError(f"The voice {voice!r} lacks its language: write {voice}-en, for example.")
    if own not in (None, family):
        raise ValueError(f"The voice {voice!r} is none of {model}: write deepgram/{own}:{voice}.")
    return voice if own else f"{family}-{voice}"


def _complete(model: str, voice: str | None) -> str:
    if voice in (None, model):
        return model
    family = _family(model)
    hint = f" write deepgram/{family}:{voice}." if family else ""
    raise ValueError(f"The model {model!r} is a voice itself and takes none beside it:{hint}")


def _family(name: str) -> str | None:
    """Of a complete name."""
    return next((family for family in _DEFAULTS if name.startswith(f"{family}-")), None)
