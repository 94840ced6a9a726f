"""`inference.STT`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicegateway.inference._arguments import collect_options, given, refuse
from voicegateway.inference._factory import make
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit.agents import stt

__all__ = ["STT"]


def STT(  # noqa: N802 - the name of the class it stands in for
    model: str,
    *,
    language: str | None = None,
    base_url: str | None = None,
    encoding: str | None = None,
    sample_rate: int | None = None,
    api_key: str | None = None,
    api_secret: Any = None,
    http_session: Any = None,
    extra_kwargs: Any = None,
    fallback: Any = None,
    conn_options: Any = None,
    vad: Any = None,
    project: str | None = None,
    session_id: str | None = None,
    **options: Any,
) -> stt.STT[Any]:
    """A native speech-to-text object for `provider/model[:language]`, metered.

    `language` wins over the string's. Other keywords are the plugin's own options. Raises
    `ModelResolutionError`, `ConfigError` for a missing key, `PluginError`.
    """
    refuse("STT", _refusals(api_secret, fallback, conn_options))
    named = {
        "encoding": encoding,
        "sample_rate": sample_rate,
        "http_session": http_session,
        "vad": vad,
    }
    made: stt.STT[Any] = make(
        Modality.STT,
        model,
        variant=language if given(language) else None,
        project=project,
        session_id=session_id,
        api_key=api_key if given(api_key) else None,
        base_url=base_url if given(base_url) else None,
        options=collect_options(extra_kwargs, named, options),
    )
    return made


def _refusals(api_secret: Any, fallback: Any, conn_options: Any) -> dict[str, tuple[Any, str]]:
    return {
        "api_secret": (api_secret, "it is LiveKit Cloud's; give api_key= of the vendor"),
        "fallback": (fallback, "pass livekit.agents' FallbackAdapter over several factories"),
        "conn_options": (conn_options, "give it to AgentSession(conn_options=…)"),
    }
