"""From a language to what AssemblyAI's models can be told of it."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["language_arguments"]

_STREAMING: Final = {
    "universal-streaming-english": {"en"},
    "universal-streaming-multilingual": {"en", "es", "fr", "de", "it", "pt"},
}
"""Models that cannot be steered, and the languages they understand:
https://www.assemblyai.com/docs/streaming/universal-streaming (six, heard without being told)."""


def language_arguments(model: str, language: str | None) -> dict[str, Any]:
    """The arguments of LiveKit's constructor. The Universal-3 Pro models are steered towards the
    language; `auto` is to be heard by itself. Raises `ValueError` for one that the model does not
    understand."""
    if language is None or language == "auto":
        return {}
    understood = _STREAMING.get(model)
    if understood is None:
        return {"language_codes": language}
    if language.split("-")[0].lower() in understood:
        return {}
    raise ValueError(
        f"The model {model!r} of the provider 'assemblyai' does not understand {language!r}: it "
        f"has {', '.join(sorted(understood))}."
    )
