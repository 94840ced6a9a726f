"""LiveKit's Cartesia text-to-speech, with the counters that it drops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.plugins import cartesia

from voicegateway.authoring import current_attempt, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_cartesia.address import api_root
from voicegw_cartesia.options import sort_options
from voicegw_cartesia.pricing import PROFESSIONAL_VOICE, is_professional, known_plan
from voicegw_cartesia.recovery import count_text, watch_run

if TYPE_CHECKING:
    import aiohttp
    from livekit.plugins.cartesia.tts import SynthesizeStream

__all__ = ["CartesiaTTS", "make_tts"]


class CartesiaTTS(cartesia.TTS):
    """`stream()` speaks over pooled WebSockets, `synthesize()` in one HTTP request."""

    _counts_text = False

    async def _connect_ws(self, timeout: float) -> aiohttp.ClientWebSocketResponse:  # noqa: ASYNC109 - LiveKit's
        current_attempt().add(sentences=0, characters=0)
        socket = await super()._connect_ws(timeout)
        count_text(socket)
        self._counts_text = True
        return socket

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> SynthesizeStream:
        stream = super().stream(conn_options=conn_options)
        watch_run(stream, lambda: self._counts_text)
        return stream

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> cartesia.ChunkedStream:
        stream = super().synthesize(text, conn_options=conn_options)
        watch_run(stream, lambda: False)
        return stream


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> CartesiaTTS:
    """Raises `ValueError` for an option, plan or address that cannot be."""
    ours = ("model", "voice", "api_key", "base_url")
    given = sort_options(cartesia.TTS, cartesia.STT, settings, options, ours=ours)
    if voice is not None:
        given.arguments["voice"] = voice
    made = CartesiaTTS(
        model=model,
        api_key=settings.api_key.reveal() if settings.api_key else None,
        base_url=api_root(settings),
        **given.arguments,
    )
    declare_terms(
        made,
        plan=known_plan(given.own.get("plan")),
        addons=[PROFESSIONAL_VOICE] if is_professional(given.own) else None,
    )
    return made
