"""LiveKit's two Deepgram STT classes, with the counters that they drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, stt
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer, is_given
from livekit.plugins import deepgram

from voicegateway.authoring import constructor_options, current_attempt, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_deepgram import names
from voicegw_deepgram.address import endpoint
from voicegw_deepgram.answers import note_transcript, reading, watched
from voicegw_deepgram.counting import as_counting, counted_anew
from voicegw_deepgram.heard import HeardAudio
from voicegw_deepgram.languages import flux_hints
from voicegw_deepgram.terms import OWN_SETTINGS, chosen_plan, declare_options, language_tier

__all__ = ["FluxSTT", "NovaSTT", "make_stt"]

_OURS = {
    "model": "it is part of the model string",
    "language": "give it as language=, or in the model string as nova-3:de",
    "api_key": "give it as api_key=, or in the config",
    "base_url": "give it as base_url=, or in the config",
    "keyterms": "its name is keyterm now",
}


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> stt.STT[Any]:
    """Raises `ValueError` for options, languages and plans that cannot be."""
    flux = model.startswith("flux")
    kind = FluxSTT if flux else NovaSTT
    given = constructor_options(kind, settings, options, ours=_OURS, own_settings=OWN_SETTINGS)
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    if flux:
        given |= flux_hints(model, language, given)
    elif language is not None:
        given["language"] = language
    plan = chosen_plan(settings)
    base_url = endpoint(settings.base_url, "v2" if flux else "v1", "listen")
    made: stt.STT[Any] = kind(model=model, base_url=base_url, **given)
    declare_terms(made, plan=plan)
    declare_options(made, getattr(made, names.OPTIONS, None))
    return made


class NovaSTT(deepgram.STT):
    """`/v1/listen`: a WebSocket for streams, one request for `recognize`."""

    def _ensure_session(self) -> aiohttp.ClientSession:
        return watched(super()._ensure_session())

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.SpeechEvent:
        if is_given(language):
            current_attempt().note(service_tier=language_tier(language))
        with reading(note_transcript):
            return await super()._recognize_impl(
                buffer, language=language, conn_options=conn_options
            )

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> deepgram.SpeechStream:
        made = super().stream(language=language, conn_options=conn_options)
        return as_counting(made, NovaStream)

    def update_options(self, *arguments: Any, **options: Any) -> None:
        super().update_options(*arguments, **options)
        declare_options(self, getattr(self, names.OPTIONS, None))

    def _update_session_keyterms(self, keyterms: list[str]) -> None:
        super()._update_session_keyterms(keyterms)
        declare_options(self, getattr(self, names.OPTIONS, None))


class FluxSTT(deepgram.STTv2):
    """`/v2/listen`: streams only."""

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> deepgram.SpeechStreamv2:
        made = super().stream(language=language, conn_options=conn_options)
        return as_counting(made, FluxStream)

    def update_options(self, *arguments: Any, **options: Any) -> None:
        super().update_options(*arguments, **options)
        declare_options(self, getattr(self, names.OPTIONS, None))

    def _update_session_keyterms(self, keyterms: list[str]) -> None:
        super()._update_session_keyterms(keyterms)
        declare_options(self, getattr(self, names.OPTIONS, None))


class NovaStream(deepgram.SpeechStream):
    """Keeps what Deepgram says it has heard."""

    _heard: HeardAudio | None = None

    async def _run(self) -> None:
        self._heard = counted_anew(self)
        options = getattr(self, names.OPTIONS, None)
        tier = language_tier(getattr(options, "language", None))
        current_attempt().note(service_tier=tier)
        await super()._run()

    def _process_stream_event(self, data: dict[str, Any]) -> None:
        super()._process_stream_event(data)
        if self._heard is not None:
            self._heard.read(data)


class FluxStream(deepgram.SpeechStreamv2):
    """As `NovaStream`."""

    _heard: HeardAudio | None = None

    async def _run(self) -> None:
        self._heard = counted_anew(self)
        await super()._run()

    def _process_stream_event(self, data: dict[str, Any]) -> None:
        super()._process_stream_event(data)
        if self._heard is not None:
            self._heard.read(data)
