"""OpenAI's text-to-speech."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livekit.plugins import openai

from voicegateway.authoring import declare_terms
from voicegateway.types import ProviderSettings
from voicegw_openai.address import api_url, residency
from voicegw_openai.clients import Client, make_client
from voicegw_openai.options import chosen_options

__all__ = ["OpenAITTS", "make_tts"]


class OpenAITTS(openai.TTS):
    """LiveKit's own, with a client that is cheap to make and closed with it."""

    def __init__(self, client: Client, **options: Any) -> None:
        super().__init__(client=client.sdk, **options)
        self._client_of_ours = client

    async def aclose(self) -> None:
        await super().aclose()
        await self._client_of_ours.aclose()


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> OpenAITTS:
    """Raises `ValueError` for options and addresses that cannot be."""
    url = api_url(settings)
    given = chosen_options(
        openai.TTS, settings, options, voice="it is voice= of the factory, or in the model string"
    )
    client = make_client(settings, url, given=given.pop("client", None))
    spoken = {} if voice is None else {"voice": voice}
    made = OpenAITTS(client, model=model, **spoken, **given)
    declare_terms(made, addons=residency(url))
    return made
