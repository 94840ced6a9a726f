"""LiveKit's AssemblyAI text-to-speech, with the counters that it drops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.plugins import assemblyai

from voicegateway.authoring import current_attempt
from voicegateway.types import ProviderSettings
from voicegw_assemblyai.address import speech_root
from voicegw_assemblyai.options import region_of, sort_options
from voicegw_assemblyai.speech import count_connection, count_from_zero

__all__ = ["AssemblyAITTS", "make_tts"]


class AssemblyAITTS(assemblyai.TTS):
    """Speaks over pooled sessions; `synthesize()` goes over one of them too."""

    _counts = False

    async def _connect(self, timeout: float) -> Any:  # noqa: ASYNC109 - LiveKit's
        current_attempt().add(sentences=0, characters=0)
        connection = await super()._connect(timeout)
        self._counts = count_connection(connection)
        return connection

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> assemblyai.SynthesizeStream:
        stream = super().stream(conn_options=conn_options)
        count_from_zero(stream, lambda: self._counts)
        return stream


def make_tts(
    model: str, voice: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> AssemblyAITTS:
    """Raises `ValueError` for an option or address that cannot be."""
    ours = ("model", "voice", "api_key", "base_url")
    given = sort_options(assemblyai.TTS, assemblyai.STT, settings, options, ours=ours)
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    if voice is not None:
        given["voice"] = voice
    base_url = speech_root(settings, region_of(settings, options))
    return AssemblyAITTS(model=model, base_url=base_url, **given)
