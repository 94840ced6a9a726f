"""Groq's Orpheus as LiveKit's own object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, APIStatusError, tts
from livekit.plugins import groq
from livekit.plugins.groq.tts import ChunkedStream

from voicegateway.authoring import current_attempt
from voicegateway.types import ProviderSettings
from voicegw_groq.settings import arguments

__all__ = ["GroqTTS", "make_tts"]

_OURS: Final = {"voice": "give it behind the model, as in groq/canopylabs/orpheus-v1-english:troy"}
_ARABIC_VOICE: Final = "fahad"


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> GroqTTS:
    """Raises `ValueError` for an option that there is not."""
    given = arguments(groq.TTS, settings, options, ours=_OURS)
    if voice is None and "arabic" in model:  # LiveKit's default speaks English
        voice = _ARABIC_VOICE
    if voice is not None:
        given["voice"] = voice
    return GroqTTS(model=model, **given)


class GroqTTS(groq.TTS):
    """LiveKit's object; only its streams say when Groq refused them."""

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> ChunkedStream:
        return SpokenStream(tts=self, input_text=text, conn_options=conn_options)


class SpokenStream(ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        try:
            await super()._run(output_emitter)
        except APIStatusError as error:
            current_attempt().note(error_status=error.status_code)
            raise
