"""From a model string to a provider and a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voicegateway.core.registry import get_registry
from voicegateway.core.schema import ModelAlias, Models
from voicegateway.errors import ModelResolutionError, ProviderNotFoundError
from voicegateway.types import Modality

__all__ = ["ModelResolutionError", "Resolved", "resolve", "resolve_model", "split_variant"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a model string or an alias stands for."""

    provider: str
    model: str
    variant: str | None = None
    """Language of an STT, voice of a TTS."""
    options: dict[str, Any] = field(default_factory=dict)


def resolve_model(model: str) -> tuple[str, str]:
    """`provider/model` split at the first slash, for an installed provider.

    A provider that is installed but disabled, broken or in conflict resolves here, and says what
    is wrong when it is asked for. Raises `ModelResolutionError`.
    """
    if not isinstance(model, str) or not model.strip():
        raise ModelResolutionError(
            f"A model string is missing: write it as provider/model{_installed_hint()}."
        )
    provider, slash, name = model.partition("/")
    if not slash:
        raise ModelResolutionError(
            f"{model!r} names no provider: write it as provider/model{_installed_hint()}."
        )
    if not provider.strip() or not name.strip():
        half = "provider" if not provider.strip() else "model"
        raise ModelResolutionError(
            f"{model!r} has an empty {half}: write it as provider/model{_installed_hint()}."
        )
    _require_known(provider)
    return provider, name


def _require_known(provider: str) -> None:
    if any(record.provider == provider for record in get_registry().records()):
        return
    try:
        get_registry().get(provider)
    except ProviderNotFoundError as error:
        raise ModelResolutionError(str(error)) from None


def _installed_hint() -> str:
    installed = get_registry().installed()
    return f" (installed: {', '.join(installed)})" if installed else ""


def split_variant(name: str) -> tuple[str, str | None]:
    """`model:variant` split at the last colon; an empty variant is none."""
    model, colon, variant = name.rpartition(":")
    if not colon or not model:
        return name.rstrip(":"), None
    return model, variant or None


def resolve(model: str, modality: Modality, aliases: Models) -> Resolved:
    """A model string, or an alias of the config's `models:` section, for one modality."""
    by_name: dict[str, ModelAlias] = getattr(aliases, modality.value)
    if isinstance(model, str) and model in by_name:
        alias = by_name[model]
        _require_known(alias.provider)
        variant = alias.voice if modality is Modality.TTS else alias.language
        return Resolved(alias.provider, alias.model, variant, dict(alias.options))
    provider, name = resolve_model(model)
    if modality is Modality.LLM:  # an LLM keeps its colons: they are tags of the model
        return Resolved(provider, name)
    name, variant = split_variant(name)
    return Resolved(provider, name, variant)
