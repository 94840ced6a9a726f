"""Managed providers, models and projects: made, changed and deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from voicegateway.core.config import check_references
from voicegateway.core.faults import key_path
from voicegateway.core.resources import Kind, Resource
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import (
    ConfigError,
    ResourceInUseError,
    ResourceNotFoundError,
    VoiceGatewayError,
)
from voicegateway.operations.documents.resources import Deletion
from voicegateway.operations.source import Source

__all__ = ["Changes"]

_log = logging.getLogger("voicegateway.operations")
_LEGS = ("stt", "llm", "tts")


class Changes(Source):
    """What writes. Asynchronous, since the gateway follows each change; the database is waited for
    in a thread. The line in the audit log, under the name of `actor`, is written in the
    transaction of the change.

    Raise `ReadOnlyResourceError`, `ResourceExistsError`, `ResourceNotFoundError`,
    `ResourceInvalidError`, `LedgerError`. A model's id is `stt/alias`."""

    async def create(
        self, kind: Kind, name: str, settings: Mapping[str, Any], *, actor: str
    ) -> None:
        """With the settings that YAML would have."""
        manager = self.gateway.config_manager
        await asyncio.to_thread(manager.create, kind, name, settings, actor=actor)
        await self._follow()

    async def update(
        self, kind: Kind, name: str, changes: Mapping[str, Any], *, actor: str
    ) -> None:
        """Replaces the settings that are given; None takes one back to its default."""
        manager = self.gateway.config_manager
        await asyncio.to_thread(manager.update, kind, name, changes, actor=actor)
        await self._follow()

    async def delete(self, kind: Kind, name: str, *, actor: str, confirm: bool = False) -> Deletion:
        """Without `confirm` nothing is deleted: the answer says what would be. Raises
        `ResourceInUseError` for what the rest of the configuration cannot do without."""
        found = await asyncio.to_thread(self.deletion, kind, name)
        if not confirm:
            return found
        await asyncio.to_thread(self._delete, kind, name, actor)
        await self._follow()
        return found.model_copy(update={"deleted": True})

    def deletion(self, kind: Kind, name: str) -> Deletion:
        """What would be deleted, and what uses it."""
        manager = self.gateway.config_manager
        manager.require_managed(kind, name)
        resource = manager.get(kind, name)
        if resource.source != "managed":
            raise ResourceNotFoundError(
                f"{kind.capitalize()} {key_path([name])} is not stored: nothing to delete.",
                kind=kind,
            )
        return Deletion(
            deleted=False,
            kind=kind,
            id=name,
            settings=resource.settings(),
            affects=list(_users(manager.layers().config, resource)),
        )

    def _delete(self, kind: Kind, name: str, actor: str) -> None:
        manager = self.gateway.config_manager
        try:
            check_references(_without(manager.layers().config, kind, name))
        except ConfigError as error:
            raise ResourceInUseError(
                f"{kind.capitalize()} {key_path([name])} is still used: {error}."
            ) from None
        manager.delete(kind, name, actor=actor)

    async def _follow(self) -> None:
        """The change is made, whether or not this process can follow it."""
        try:
            await self.gateway.refresh_config()
        except VoiceGatewayError as error:
            _log.warning("A managed change is stored and not yet in use: %s", error)


def _users(config: GatewayConfig, resource: Resource) -> Iterator[str]:
    if resource.kind == "provider":
        yield from _of_provider(config, resource.id)
    elif resource.kind == "model":
        leg, _, alias = resource.id.partition("/")
        yield from (place for place, model in _places(config, leg) if model == alias)
    else:
        if config.default_project == resource.id:
            yield "default_project"
        yield "its recorded requests stay in the ledger"


def _of_provider(config: GatewayConfig, provider: str) -> Iterator[str]:
    for leg in _LEGS:
        for alias, model in getattr(config.models, leg).items():
            if model.provider == provider:
                yield f"models.{leg}.{key_path([alias])}"
        for place, model in _places(config, leg):
            if model.startswith(f"{provider}/"):
                yield place
    for project_id, project in config.projects.items():
        if provider in project.providers:
            yield f"projects.{key_path([project_id])}.providers.{key_path([provider])}"
    if provider in config.rate_limits:
        yield f"rate_limits.{key_path([provider])}"


def _places(config: GatewayConfig, leg: str) -> Iterator[tuple[str, str]]:
    """Where stacks and fallback chains name a model of this kind, and how."""
    for name, stack in config.stacks.items():
        yield f"stacks.{key_path([name])}.{leg}", getattr(stack, leg)
    for model in getattr(config.fallbacks, leg):
        yield f"fallbacks.{leg}", model


def _without(config: GatewayConfig, kind: Kind, name: str) -> GatewayConfig:
    if kind == "model":
        leg, _, alias = name.partition("/")
        kept = {key: one for key, one in getattr(config.models, leg).items() if key != alias}
        return config.model_copy(update={"models": config.models.model_copy(update={leg: kept})})
    section = f"{kind}s"
    left = {key: one for key, one in getattr(config, section).items() if key != name}
    return config.model_copy(update={section: left})
