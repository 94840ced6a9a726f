"""From `fallback=`, or the config's chain, to an adapter over metered models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voicegateway.errors import ModelResolutionError
from voicegateway.inference._arguments import given
from voicegateway.inference._factory import get_gateway, make
from voicegateway.inference._resolution import resolve
from voicegateway.types import Modality

__all__ = ["Spare", "make_all", "spares"]

_KEYS = {
    Modality.STT: {"model", "language", "extra_kwargs"},
    Modality.LLM: {"model", "extra_kwargs"},
    Modality.TTS: {"model", "voice", "extra_kwargs"},
}


@dataclass(frozen=True, slots=True)
class Spare:
    """A model to ask: the first, or one for when those before it have failed."""

    model: str
    variant: str | None = None
    """Language of an STT, voice of a TTS, where they do not stand in the model string."""
    options: Mapping[str, Any] = field(default_factory=dict)


def spares(modality: Modality, model: str, fallback: Any) -> list[Spare]:
    """What comes after `model`: what `fallback` says, else what the config's chain does. Raises
    `TypeError` for what is no chain."""
    if given(fallback):
        return [_spare(modality, entry) for entry in _entries(modality, fallback)]
    gateway = get_gateway()
    chain: list[str] = getattr(gateway.config.fallbacks, modality.value)
    if not chain:
        return []

    def meant(name: str) -> tuple[str, str]:
        resolved = resolve(name, modality, gateway.config.models)
        return resolved.provider, resolved.model

    asked, names = meant(model), [meant(name) for name in chain]
    start = names.index(asked) + 1 if asked in names else 0
    return [
        Spare(entry)
        for entry, name in zip(chain[start:], names[start:], strict=True)
        if name != asked
    ]


def make_all(
    modality: Modality,
    first: Spare,
    others: Sequence[Spare],
    *,
    project: str | None,
    session_id: str | None,
    api_key: str | None,
    base_url: str | None,
    **settings: Any,
) -> Any:
    """The first's metered object where there is no other, else LiveKit's adapter over all of them,
    with these settings. Key and address are the first's alone."""

    def one(spare: Spare, api_key: str | None = None, base_url: str | None = None) -> Any:
        return make(
            modality,
            spare.model,
            variant=spare.variant,
            project=project,
            session_id=session_id,
            api_key=api_key if given(api_key) else None,
            base_url=base_url if given(base_url) else None,
            options=spare.options,
        )

    primary = one(first, api_key, base_url)
    if not others:
        return primary
    return _adapter(modality)([primary, *map(one, others)], **settings)


def _adapter(modality: Modality) -> Callable[..., Any]:
    from voicegateway.middleware import fallback  # with LiveKit, which only an agent needs

    kinds: dict[Modality, Callable[..., Any]] = {
        Modality.STT: fallback.STTFallback,
        Modality.LLM: fallback.LLMFallback,
        Modality.TTS: fallback.TTSFallback,
    }
    return kinds[modality]


def _entries(modality: Modality, fallback: Any) -> Sequence[Any]:
    if isinstance(fallback, (str, Mapping)):
        return [fallback]
    if isinstance(fallback, Sequence):
        return fallback
    raise TypeError(
        f"inference.{modality.upper()}(fallback=…) takes model strings, or a list of them, not "
        f"{type(fallback).__name__}."
    )


def _spare(modality: Modality, entry: Any) -> Spare:
    if isinstance(entry, str):
        return Spare(entry)
    known = _KEYS[modality]
    if not isinstance(entry, Mapping) or "model" not in entry or not set(entry) <= known:
        raise TypeError(
            f"inference.{modality.upper()}(fallback=…): write each as 'provider/model' or as a "
            f"mapping with the keys {', '.join(sorted(known))}."
        )
    if not isinstance(entry["model"], str):
        raise ModelResolutionError("A model string is missing in fallback: write provider/model.")
    options = entry.get("extra_kwargs") or {}
    return Spare(
        entry["model"],
        entry.get("voice" if modality is Modality.TTS else "language"),
        dict(options),
    )
