"""LiveKit's Cartesia speech-to-text, with the counters that it drops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.plugins import cartesia

from voicegateway.authoring import declare_terms
from voicegateway.types import ProviderSettings
from voicegw_cartesia.address import api_root
from voicegw_cartesia.options import sort_options
from voicegw_cartesia.pricing import known_plan
from voicegw_cartesia.recovery import watch_connection

if TYPE_CHECKING:
    from livekit.plugins.cartesia.stt import SpeechStream

__all__ = ["CartesiaSTT", "make_stt"]


class CartesiaSTT(cartesia.STT):
    """Ink 2 detects turns itself; Ink Whisper is told when to finish. Which of the two it is, and
    with it the endpoint, follows from the model."""

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> SpeechStream:
        stream = super().stream(language=language, conn_options=conn_options)
        watch_connection(stream)
        return stream


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> CartesiaSTT:
    """Raises `ValueError` for an option, plan or address that cannot be."""
    ours = ("model", "language", "api_key", "base_url")
    given = sort_options(cartesia.STT, cartesia.TTS, settings, options, ours=ours)
    made = CartesiaSTT(
        model=model,
        language=language,
        api_key=settings.api_key.reveal() if settings.api_key else None,
        base_url=api_root(settings),
        **given.arguments,
    )
    declare_terms(made, plan=known_plan(given.own.get("plan")))
    return made
