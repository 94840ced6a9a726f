"""`inference.TTS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicegateway.inference._arguments import collect_options, given, refuse
from voicegateway.inference._fallback import Spare, make_all, spares
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit.agents import tts

__all__ = ["TTS"]


def TTS(  # noqa: N802 - the name of the class it stands in for
    model: str,
    *,
    voice: str | None = None,
    language: str | None = None,
    encoding: str | None = None,
    sample_rate: int | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    api_secret: Any = None,
    http_session: Any = None,
    extra_kwargs: Any = None,
    fallback: Any = None,
    conn_options: Any = None,
    project: str | None = None,
    session_id: str | None = None,
    **options: Any,
) -> tts.TTS[Any]:
    """A native text-to-speech object for `provider/model[:voice]`, metered.

    `voice` wins over the string's. Other keywords are the plugin's own options. `fallback` names
    models to ask when this one fails: a string, a mapping of `model`, `voice` and `extra_kwargs`,
    or a list of those; the config's `fallbacks.tts` stands in for it, `[]` means none. With any,
    the result is LiveKit's FallbackAdapter. Raises `ModelResolutionError`, `ConfigError` for a
    missing key, `PluginError`.
    """
    refuse(
        "TTS",
        {
            "api_secret": (api_secret, "it is LiveKit Cloud's; give api_key= of the vendor"),
            "conn_options": (conn_options, "give it to AgentSession(conn_options=…)"),
        },
    )
    named = {
        "language": language,
        "encoding": encoding,
        "sample_rate": sample_rate,
        "http_session": http_session,
    }
    voices: tts.TTS[Any] = make_all(
        Modality.TTS,
        Spare(
            model,
            voice if given(voice) else None,
            collect_options(extra_kwargs, named, options),
        ),
        spares(Modality.TTS, model, fallback),
        project=project,
        session_id=session_id,
        api_key=api_key,
        base_url=base_url,
    )
    return voices
