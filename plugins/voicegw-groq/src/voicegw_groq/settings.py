"""What the three factories have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from livekit.plugins import groq

from voicegateway.authoring import constructor_options
from voicegateway.types import ProviderSettings
from voicegw_groq.address import api_base

__all__ = ["ASK_DURATION", "arguments"]

ASK_DURATION: Final = "ask_duration"
"""The one option that is ours, of speech-to-text: see `ListeningClient`."""
_CONNECTION: Final = "it is an argument of the factory, or a key of the provider in the config"
_OURS: Final = {
    "model": "it is part of the model string, as in groq/openai/gpt-oss-20b",
    "api_key": _CONNECTION,
    "base_url": _CONNECTION,
}


def arguments(
    constructor: Callable[..., object],
    settings: ProviderSettings,
    options: Mapping[str, Any],
    *,
    ours: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The keyword arguments of one of LiveKit's constructors, but for the model. `ours` are further
    arguments that the plugin itself sets. The config is one for all three, so what another of them
    takes is left to it. Raises `ValueError` for an option that there is not."""
    given = constructor_options(
        constructor,
        settings,
        options,
        ours={**_OURS, **(ours or {})},
        own_settings={ASK_DURATION},
        siblings=(groq.LLM, groq.STT, groq.TTS),
    )
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    if settings.base_url is not None:
        given["base_url"] = api_base(settings.base_url)
    return given
