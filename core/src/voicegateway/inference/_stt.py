"""`inference.STT`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicegateway.inference._arguments import UNSET, collect_options, given, refuse
from voicegateway.inference._factory import get_gateway, make
from voicegateway.inference._fallback import Spare, spares, with_spares
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
    others = spares(Modality.STT, model, fallback)
    named = {
        "encoding": encoding,
        "sample_rate": sample_rate,
        "http_session": http_session,
    }
    if vad is not UNSET and not others:
        options = {"vad": vad, **options}  # None says that there shall be none
    made = make(
        Modality.STT,
        model,
        variant=language if given(language) else None,
        project=project,
        session_id=session_id,
        api_key=api_key if given(api_key) else None,
        base_url=base_url if given(base_url) else None,
        options=collect_options(extra_kwargs, named, options),
    )

    def make_spare(spare: Spare) -> Any:
        return make(
            Modality.STT,
            spare.model,
            variant=spare.variant or _inherited(spare.model, model, language),
            project=project,
            session_id=session_id,
            api_key=None,
            base_url=None,
            options=spare.options,
        )

    detector = {"vad": vad if vad is not UNSET and given(vad) else None}
    ears: stt.STT[Any] = with_spares(Modality.STT, made, others, make_spare, **detector)
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
