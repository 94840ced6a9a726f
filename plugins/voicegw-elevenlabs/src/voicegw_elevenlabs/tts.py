"""Text-to-speech: LiveKit's client, which also says how much text it sent and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from livekit.agents.types import NOT_GIVEN
from livekit.plugins import elevenlabs

from voicegateway.authoring import constructor_options, current_attempt, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_elevenlabs.address import api_root
from voicegw_elevenlabs.livekit_names import count_text
from voicegw_elevenlabs.noting import noting_session
from voicegw_elevenlabs.terms import plan_of

__all__ = ["TTS", "make_tts"]

_OURS: Final = {
    "model": "it is part of the model string",
    "voice_id": "give voice=, or provider/model:voice",
    "api_key": "it is the provider's key",
    "base_url": "it is the provider's address",
    "sample_rate": "it is part of encoding, as in pcm_24000",
}


class TTS(elevenlabs.TTS):
    """Notes on each attempt the characters it handed to the shared WebSocket, or the headers of
    its HTTP response."""

    async def _current_connection(self) -> Any:
        current_attempt().note(sent_characters=0)
        found = await super()._current_connection()
        count_text(found[0], _count_sent)
        return found


def _count_sent(characters: int) -> None:
    """Runs in the task of the stream that sends, also on a connection that another one opened."""
    current_attempt().add(sent_characters=characters)


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> TTS:
    """Needs no running loop. Raises `ValueError` for an unknown option or plan."""
    given = constructor_options(
        elevenlabs.TTS, settings, options, ours=_OURS, own_settings=("plan",)
    )
    plan = plan_of(settings)
    if voice:
        given["voice_id"] = voice
    made = TTS(
        **{
            **given,
            "model": model,
            "api_key": settings.api_key.reveal() if settings.api_key else NOT_GIVEN,
            "base_url": api_root(settings),
            "http_session": noting_session(given.get("http_session")),
        }
    )
    declare_terms(made, plan=plan)
    return made
