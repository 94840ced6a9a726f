"""`inference.STT`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from voicegateway.inference._arguments import UNSET, collect_options, given, refuse
from voicegateway.inference._factory import get_gateway
from voicegateway.inference._fallback import Spare, make_all, spares
from voicegateway.inference._resolution import resolve
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
    vad: Any = UNSET,
    project: str | None = None,
    session_id: str | None = None,
    **options: Any,
) -> stt.STT[Any]:
    """A native speech-to-text object for `provider/model[:language]`, metered.

    `language` wins over the string's. Other keywords are the plugin's own options. `fallback`
    names models to ask when this one fails: a string, a mapping of `model`, `language` and
    `extra_kwargs`, or a list of those; the config's `fallbacks.stt` stands in for it, `[]` means
    none. With any, the result is LiveKit's FallbackAdapter, which `vad` is then for. Raises
    `ModelResolutionError`, `ConfigError` for a missing key, `PluginError`.
    """
    refuse("STT", _refusals(api_secret, conn_options))
    others = [
        dataclasses.replace(
            spare, variant=spare.variant or _inherited(spare.model, model, language)
        )
        for spare in spares(Modality.STT, model, fallback)
    ]
    named = {
        "encoding": encoding,
        "sample_rate": sample_rate,
        "http_session": http_session,
    }
    if vad is not UNSET and not others:
        options = {"vad": vad, **options}  # None says that there shall be none
    ears: stt.STT[Any] = make_all(
        Modality.STT,
        Spare(
            model,
            language if given(language) else None,
            collect_options(extra_kwargs, named, options),
        ),
        others,
        project=project,
        session_id=session_id,
        api_key=api_key,
        base_url=base_url,
        vad=vad if vad is not UNSET and given(vad) else None,
    )
    return ears


def _inherited(spare: str, model: str, language: str | None) -> str | None:
    """The language that was asked for, unless the spare's own model string names one."""
    models = get_gateway().config.models
    if resolve(spare, Modality.STT, models).variant is not None:
        return None
    return language if given(language) else resolve(model, Modality.STT, models).variant


def _refusals(api_secret: Any, conn_options: Any) -> dict[str, tuple[Any, str]]:
    return {
        "api_secret": (api_secret, "it is LiveKit Cloud's; give api_key= of the vendor"),
        "conn_options": (conn_options, "give it to AgentSession(conn_options=…)"),
    }
