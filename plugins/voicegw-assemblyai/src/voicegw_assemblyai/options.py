"""What a factory is given, sorted: what LiveKit's constructor takes, and what is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voicegateway.authoring import constructor_options
from voicegateway.types import ProviderSettings
from voicegw_assemblyai.address import REGION

__all__ = ["region_of", "sort_options"]

_OURS = {
    "model": "it is part of the model string",
    "voice": "give it as voice= or behind the model's colon",
    "language_code": "give it as language= or behind the model's colon",
    "language_codes": "the language was given already, as language= or behind the model's colon",
    "api_key": "give it as api_key= or set ASSEMBLYAI_API_KEY",
    "base_url": "give it as base_url= or in the config",
}


def region_of(settings: ProviderSettings, options: Mapping[str, Any]) -> object:
    return options.get(REGION, settings.extra.get(REGION))


def sort_options(
    constructor: Callable[..., object],
    sibling: Callable[..., object],
    settings: ProviderSettings,
    options: Mapping[str, Any],
    *,
    ours: tuple[str, ...],
) -> dict[str, Any]:
    """Keyword arguments for `constructor`, of which the factory itself sets `ours`. A key of the
    config that only `sibling` takes, the class of the other modality, is left to it: both share
    one entry. Raises `ValueError` for an option that neither knows."""
    return constructor_options(
        constructor,
        settings,
        {name: value for name, value in options.items() if name != REGION},
        ours={name: _OURS[name] for name in ours},
        own_settings={REGION},
        siblings=(sibling,),
    )
