"""`inference.LLM`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicegateway.inference._arguments import collect_options, refuse
from voicegateway.inference._fallback import Spare, make_all, spares
from voicegateway.types import Modality

if TYPE_CHECKING:
    from livekit.agents import llm

__all__ = ["LLM"]


def LLM(  # noqa: N802 - the name of the class it stands in for
    model: str,
    *,
    provider: Any = None,
    base_url: str | None = None,
    api_key: str | None = None,
    api_secret: Any = None,
    inference_class: Any = None,
    extra_kwargs: Any = None,
    prompt_cache_breakpoints: Any = None,
    fallback: Any = None,
    project: str | None = None,
    session_id: str | None = None,
    **options: Any,
) -> llm.LLM[Any]:
    """A native language model object for `provider/model`, colons kept, metered.

    Other keywords are the plugin's own options. `fallback` names models to ask when this one
    fails: a string, a mapping of `model` and `extra_kwargs`, or a list of those; the config's
    `fallbacks.llm` stands in for it, `[]` means none. With any, the result is LiveKit's
    FallbackAdapter. Raises `ModelResolutionError`, `ConfigError` for a missing key, `PluginError`.
    """
    refuse(
        "LLM",
        {
            "provider": (provider, "the model string names it, as in provider/model"),
            "api_secret": (api_secret, "it is LiveKit Cloud's; give api_key= of the vendor"),
            "inference_class": (inference_class, "it is a queue of LiveKit Cloud"),
            "prompt_cache_breakpoints": (
                prompt_cache_breakpoints,
                "LiveKit Cloud sets them; give the plugin's own caching option",
            ),
        },
    )
    models: llm.LLM[Any] = make_all(
        Modality.LLM,
        Spare(model, options=collect_options(extra_kwargs, {}, options)),
        spares(Modality.LLM, model, fallback),
        project=project,
        session_id=session_id,
        api_key=api_key,
        base_url=base_url,
    )
    return models
