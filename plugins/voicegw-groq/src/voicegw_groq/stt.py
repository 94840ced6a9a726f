"""Groq's Whisper as LiveKit's own object, with the vendor's counters read beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from livekit.agents import stt
from livekit.plugins import groq

from voicegateway.authoring import current_attempt
from voicegateway.types import ProviderSettings
from voicegw_groq.client import ListeningClient
from voicegw_groq.settings import ASK_DURATION, arguments
from voicegw_groq.vendor import CLIENT, missing

__all__ = ["GroqSTT", "make_stt"]

_ANY_LANGUAGE: Final = "auto"
_OURS: Final = {"language": "give it behind the model, as in groq/whisper-large-v3:de"}


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> GroqSTT:
    """Raises `ValueError` for an option that there is not."""
    rest = {name: value for name, value in options.items() if name != ASK_DURATION}
    given = arguments(groq.STT, settings, rest, ours=_OURS)
    asked = {**settings.extra, **options}.get(ASK_DURATION, True)
    if not isinstance(asked, bool):
        raise ValueError(f"The groq option {ASK_DURATION!r} is true or false.")
    if language == _ANY_LANGUAGE:
        given["detect_language"] = True
    elif language is not None:
        given["language"] = language
    return GroqSTT(model=model, ask_duration=asked, **given)


class GroqSTT(groq.STT):
    """LiveKit's object; only its answers are read along, and its connections closed at the end."""

    def __init__(self, *, ask_duration: bool = True, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._closes_client = arguments.get("client") is None
        if missing(self) is None:
            client = ListeningClient(getattr(self, CLIENT), ask_duration=ask_duration)
            setattr(self, CLIENT, client)

    async def _recognize_impl(self, *arguments: Any, **keywords: Any) -> stt.SpeechEvent:
        event = await super()._recognize_impl(*arguments, **keywords)
        event.request_id = event.request_id or current_attempt().facts.get("request_id", "")
        return event

    async def aclose(self) -> None:
        await super().aclose()
        client = getattr(self, CLIENT, None)
        if self._closes_client and client is not None:
            await client.close()
