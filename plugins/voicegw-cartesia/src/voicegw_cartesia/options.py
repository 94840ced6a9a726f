"""What a factory is given, sorted: what LiveKit's constructor takes, and what is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from voicegateway.authoring import constructor_options
from voicegateway.types import ProviderSettings

__all__ = ["Sorted", "sort_options"]

_OURS = {
    "model": "it is part of the model string",
    "language": "give it as language= or behind the model's colon",
    "voice": "give it as voice= or behind the model's colon",
    "api_key": "give it as api_key= or set CARTESIA_API_KEY",
    "base_url": "give it as base_url= or in the config",
}
_OWN = ("plan", "professional_voice")


@dataclass(frozen=True, slots=True)
class Sorted:
    """Keyword arguments for the constructor, and the keys that are the plugin's own."""

    arguments: dict[str, Any]
    own: Mapping[str, Any]


def sort_options(
    constructor: Callable[..., object],
    sibling: Callable[..., object],
    settings: ProviderSettings,
    options: Mapping[str, Any],
    *,
    ours: tuple[str, ...],
) -> Sorted:
    """`ours` are the arguments that the factory itself sets. A key of the config that only
    `sibling` takes, the class of the other modality, is left to it: both share one entry. Raises
    `ValueError` for an option that neither knows."""
    own = {name: value for name, value in settings.extra.items() if name in _OWN}
    own |= {name: value for name, value in options.items() if name in _OWN}
    arguments = constructor_options(
        constructor,
        settings,
        {name: value for name, value in options.items() if name not in _OWN},
        ours={name: _OURS[name] for name in ours},
        own_settings=_OWN,
        siblings=(sibling,),
    )
    return Sorted(arguments, own)
