"""What is sent to make or change a managed resource: the settings that YAML would have."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from voicegateway.core.resources import raw_settings
from voicegateway.core.schema import Budget, ModelAlias, Name, Project, ProviderEntry
from voicegateway.types import Modality

__all__ = [
    "ModelChanges",
    "NewModel",
    "NewProject",
    "NewProvider",
    "ProjectChanges",
    "ProviderChanges",
    "changes",
    "settings",
]

Settings = dict[str, Any]


class NewProvider(ProviderEntry):
    """Keys other than these go to the plugin, which refuses what it does not know."""

    id: Name = Field(description="The provider id, as the list of plugins has it.")


class NewModel(ModelAlias):
    """A name of your own for a provider's model."""

    modality: Modality
    alias: Name


class NewProject(Project):
    """Budgets are US dollars a calendar day or month of the ledger's zone."""

    id: Name


class ProviderChanges(BaseModel):
    """What is left out stays; null takes a setting back to its default. A key that comes back as
    it was shown, masked, stays."""

    model_config = ConfigDict(extra="allow")

    api_key: SecretStr | None = None
    base_url: str | None = None
    enabled: bool | None = None
    usage_export: Settings | None = None


class ModelChanges(BaseModel):
    """What is left out stays; null takes a setting back to its default."""

    model_config = ConfigDict(extra="forbid")

    provider: str | None = None
    model: str | None = None
    language: str | None = None
    voice: str | None = None
    options: Settings | None = None


class ProjectChanges(BaseModel):
    """What is left out stays; null takes a setting back to its default."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    description: str | None = None
    default_stack: str | None = None
    daily_budget: Budget | None = None
    monthly_budget: Budget | None = None
    budget_action: Literal["warn", "throttle", "block"] | None = None
    estimate: Literal["typical", "bound"] | None = None
    unpriced: Literal["allow", "refuse"] | None = None
    throttle_stack: str | None = None
    rate_limits: dict[str, Settings] | None = None
    providers: dict[str, Settings] | None = None
    tags: list[str] | None = None


def settings(body: NewProvider | NewModel | NewProject) -> Settings:
    """What was said, without what names the resource. Raises `ResourceInvalidError`."""
    naming = {"id", "modality", "alias"}.intersection(type(body).model_fields)
    return {name: value for name, value in raw_settings(body).items() if name not in naming}


def changes(body: BaseModel) -> Settings:
    """What was said, null included."""
    said = body.model_dump(exclude_unset=True)
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in said.items()
    }
