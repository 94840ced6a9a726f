"""The caller's options and the config's settings, for one of LiveKit's constructors."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Final

from livekit.plugins import openai

from voicegateway.authoring import constructor_options
from voicegateway.types import ProviderSettings

__all__ = ["chosen_api", "chosen_options"]

APIS: Final = ("chat", "responses")
_CONSTRUCTORS: Final[tuple[Callable[..., object], ...]] = (
    openai.LLM,
    openai.responses.LLM,
    openai.STT,
    openai.TTS,
)
_OWN: Final = ("api",)
_OURS: Final = {
    "model": "it is part of the model string",
    "api_key": "give it to the factory, or as api_key in the config",
    "base_url": "give it to the factory, or as base_url in the config",
    "_provider_fmt": "it is LiveKit's own",
    "_strict_tool_schema": "it is LiveKit's own",
}


def chosen_options(
    constructor: Callable[..., object],
    settings: ProviderSettings,
    options: Mapping[str, Any],
    **ours: str,
) -> dict[str, Any]:
    """As `voicegateway.authoring.constructor_options`. Of the config, which has one entry for all
    that this provider makes, a setting that another constructor takes is left to that one."""
    given = {name: value for name, value in options.items() if name not in _OWN}
    return constructor_options(
        constructor,
        settings,
        given,
        ours={**_OURS, **ours},
        own_settings=_OWN,
        siblings=_CONSTRUCTORS,
    )


def chosen_api(settings: ProviderSettings, options: Mapping[str, Any]) -> str:
    """`chat` or `responses`. Raises `ValueError`."""
    api = options.get("api", settings.extra.get("api", APIS[0]))
    if api not in APIS:
        near = difflib.get_close_matches(str(api), APIS, n=1, cutoff=0.3)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {' and '.join(APIS)}."
        raise ValueError(f"The provider 'openai' has no api {api!r}: {hint}")
    return str(api)
