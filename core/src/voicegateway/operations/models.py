"""Model aliases."""

from __future__ import annotations

from voicegateway.core.faults import key_path, nearest
from voicegateway.core.resources import Resource
from voicegateway.core.schema import ModelAlias
from voicegateway.errors import ResourceNotFoundError
from voicegateway.operations.documents.resources import Model
from voicegateway.operations.source import Source
from voicegateway.types import Modality

__all__ = ["ModelReads"]


class ModelReads(Source):
    """Raise `ConfigError`."""

    def models(
        self,
        *,
        modality: Modality | None = None,
        provider: str | None = None,
        enabled_only: bool = False,
    ) -> list[Model]:
        """Aliases of the configuration, sorted by id."""
        found = [self._model(one) for one in self.gateway.config_manager.list("model")]
        return [
            one
            for one in found
            if modality in (None, one.modality)
            and provider in (None, one.provider)
            and (one.enabled or not enabled_only)
        ]

    def model(self, modality: Modality, alias: str) -> Model:
        """Raises `ResourceNotFoundError`."""
        found = {one.alias: one for one in self.models(modality=modality)}
        if alias in found:
            return found[alias]
        raise ResourceNotFoundError(
            f"There is no model {key_path([f'{modality}/{alias}'])}{nearest(alias, found) or '.'}",
            kind="model",
        )

    def _model(self, resource: Resource) -> Model:
        entry = resource.entry
        assert isinstance(entry, ModelAlias)
        modality, _, alias = resource.id.partition("/")
        provider = self.gateway.config.providers.get(entry.provider)
        return Model(
            id=resource.id,
            modality=Modality(modality),
            alias=alias,
            source=resource.source,
            enabled=provider is None or provider.enabled,
            provider=entry.provider,
            model=entry.model,
            language=entry.language,
            voice=entry.voice,
            options=entry.options,
        )
