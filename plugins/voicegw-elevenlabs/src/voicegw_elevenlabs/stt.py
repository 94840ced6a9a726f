"""Speech-to-text: LiveKit's client, which also says how much audio it sent and what came back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from livekit.agents.types import NOT_GIVEN
from livekit.agents.utils import is_given
from livekit.plugins import elevenlabs

from voicegateway.authoring import constructor_options, current_attempt, declare_terms
from voicegateway.types import ProviderSettings
from voicegw_elevenlabs.address import api_root
from voicegw_elevenlabs.livekit_names import flush_sent_audio
from voicegw_elevenlabs.noting import noting_session
from voicegw_elevenlabs.terms import keyterm_addons, plan_of

__all__ = ["STT", "SpeechStream", "make_stt"]

_REALTIME: Final = "scribe_v2_realtime"
_OURS: Final = {
    "model": "it is part of the model string",
    "model_id": "it is part of the model string",
    "use_realtime": f"the model string says it: elevenlabs/{_REALTIME}",
    "language_code": "give language=, or provider/model:language",
    "api_key": "it is the provider's key",
    "base_url": "it is the provider's address",
}


class SpeechStream(elevenlabs.SpeechStream):
    """Says what audio it has sent also when it is cut off, and which session it was."""

    async def _run(self) -> None:
        try:
            await super()._run()
        finally:
            with contextlib.suppress(Exception):
                if flush_sent_audio(self):
                    current_attempt().note(audio_flushed=True)

    def _process_stream_event(self, data: dict[str, Any]) -> None:
        if data.get("message_type") == "session_started":
            current_attempt().note(session_id=data.get("session_id"))
        super()._process_stream_event(data)


class STT(elevenlabs.STT):
    """Keeps the terms of its price as its options change."""

    def stream(self, **keywords: Any) -> elevenlabs.SpeechStream:
        made = super().stream(**keywords)
        # The stream keeps all that the client gave it and has not begun to run: changing its
        # class leans on less than calling its constructor would.
        if type(made) is elevenlabs.SpeechStream:
            made.__class__ = SpeechStream
        return made

    def update_options(self, **options: Any) -> None:
        super().update_options(**options)
        if is_given(options.get("keyterms", NOT_GIVEN)):
            declare_terms(self, addons=keyterm_addons(options["keyterms"]))


def make_stt(
    model: str, language: str | None, settings: ProviderSettings, options: Mapping[str, Any]
) -> STT:
    """Needs no running loop. Raises `ValueError` for an unknown option or plan."""
    given = constructor_options(
        elevenlabs.STT, settings, options, ours=_OURS, own_settings=("plan",)
    )
    plan = plan_of(settings)
    code = _language_code(model, language)
    if code is not None:
        given["language_code"] = code
    made = STT(
        **{
            **given,
            "model": model,
            "api_key": settings.api_key.reveal() if settings.api_key else NOT_GIVEN,
            "base_url": api_root(settings),
            "http_session": noting_session(given.get("http_session")),
        }
    )
    keyterms = given.get("keyterms", NOT_GIVEN)
    declare_terms(
        made,
        mode="realtime" if model == _REALTIME else None,
        plan=plan,
        addons=keyterm_addons(keyterms if is_given(keyterms) else None),
    )
    return made


def _language_code(model: str, language: str | None) -> str | None:
    """None has Scribe detect it. A batch request takes a language without its region; in real
    time LiveKit's client leaves the region off by itself and reports it."""
    if language is None or language.lower() == "auto":
        return None
    return language if model == _REALTIME else language.partition("-")[0]
