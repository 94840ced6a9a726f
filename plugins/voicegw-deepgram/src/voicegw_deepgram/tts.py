"""LiveKit's two Deepgram TTS classes, with the counters that they drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, tts
from livekit.plugins import deepgram

from voicegateway.authoring import constructor_options, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_deepgram import names, speaking
from voicegw_deepgram.address import endpoint
from voicegw_deepgram.answers import watched
from voicegw_deepgram.counting import as_counting
from voicegw_deepgram.terms import OWN_SETTINGS, chosen_plan, declare_options
from voicegw_deepgram.voices import speaking_model

__all__ = ["AuraTTS", "FluxTTS", "make_tts"]

_OURS = {
    "model": "it is part of the model string",
    "voice": "give it as voice=, or in the model string as aura-2:andromeda-en",
    "language": "it is the last part of the voice, as in aura-2:andromeda-en",
    "api_key": "give it as api_key=, or in the config",
    "base_url": "give it as base_url=, or in the config",
}


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> tts.TTS[Any]:
    """Raises `ValueError` for options, voices and plans that cannot be."""
    speaker = speaking_model(model, voice)
    flux = speaker.startswith("flux")
    kind = FluxTTS if flux else AuraTTS
    given = constructor_options(kind, settings, options, ours=_OURS, own_settings=OWN_SETTINGS)
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    plan = chosen_plan(settings)
    base_url = endpoint(settings.base_url, "v2" if flux else "v1", "speak")
    made: tts.TTS[Any] = kind(model=speaker, base_url=base_url, **given)
    declare_terms(made, plan=plan)
    declare_options(made, getattr(made, names.OPTIONS, None))
    return made


class AuraTTS(deepgram.TTS):
    """`/v1/speak`: a WebSocket for streams, one request for `synthesize`."""

    def _ensure_session(self) -> aiohttp.ClientSession:
        return watched(super()._ensure_session())

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> speaking.AuraChunks:
        made = super().synthesize(text, conn_options=conn_options)
        return as_counting(made, speaking.AuraChunks)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> speaking.AuraStream:
        return as_counting(super().stream(conn_options=conn_options), speaking.AuraStream)


class FluxTTS(deepgram.TTSv2):
    """`/v2/speak`, likewise."""

    def _ensure_session(self) -> aiohttp.ClientSession:
        return watched(super()._ensure_session())

    async def _connect_ws(self, timeout: float) -> aiohttp.ClientWebSocketResponse:  # noqa: ASYNC109 - LiveKit's
        socket = await super()._connect_ws(timeout)
        speaking.overhear_turns(socket)
        return socket

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> speaking.FluxChunks:
        made = super().synthesize(text, conn_options=conn_options)
        return as_counting(made, speaking.FluxChunks)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> speaking.FluxStream:
        return as_counting(super().stream(conn_options=conn_options), speaking.FluxStream)
