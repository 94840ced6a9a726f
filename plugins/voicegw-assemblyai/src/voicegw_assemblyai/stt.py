"""LiveKit's AssemblyAI speech-to-text, with the counters that it drops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.plugins import assemblyai

from voicegateway.authoring import declare_terms
from voicegateway.types import ProviderSettings
from voicegw_assemblyai.address import transcription_root
from voicegw_assemblyai.languages import language_arguments
from voicegw_assemblyai.options import region_of, sort_options
from voicegw_assemblyai.session import watch_session
from voicegw_assemblyai.vendor_names import keyterms_of

__all__ = ["AssemblyAISTT", "make_stt"]

_ADDONS: Final = {
    "domain": "medical_mode",
    "speaker_labels": "speaker_labels",
    "voice_focus": "voice_focus",
}
"""Options that AssemblyAI lists as add-ons, and our names for them."""


class AssemblyAISTT(assemblyai.STT):
    """A session lasts as long as a stream; it ends with a goodbye (see `session`)."""

    addons: frozenset[str] = frozenset()
    """Asked for when the object was made; keyterms come and go."""

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> assemblyai.SpeechStream:
        stream = super().stream(language=language, conn_options=conn_options)
        watch_session(stream)
        return stream

    def update_options(self, **options: Any) -> None:
        super().update_options(**options)
        self.declare_addons()

    def _update_session_keyterms(self, keyterms: list[str]) -> None:
        super()._update_session_keyterms(keyterms)
        self.declare_addons()

    def declare_addons(self) -> None:
        """From the next stream on."""
        declare_terms(self, addons=self.addons | ({"keyterms"} if keyterms_of(self) else set()))


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> AssemblyAISTT:
    """Raises `ValueError` for an option, language or address that cannot be."""
    steering = language_arguments(model, language)
    ours = ("model", "language_code", "api_key", "base_url", *steering)
    given = sort_options(assemblyai.STT, assemblyai.TTS, settings, options, ours=ours)
    if settings.api_key is not None:
        given["api_key"] = settings.api_key.reveal()
    made = AssemblyAISTT(
        model=model,  # type: ignore[arg-type]
        base_url=transcription_root(settings, region_of(settings, options)),
        **steering,
        **given,
    )
    made.addons = frozenset(addon for option, addon in _ADDONS.items() if given.get(option))
    made.declare_addons()
    return made
