"""Providers, models and projects: what is configured, by whom, and what is installed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from voicegateway.core.registry import PluginStatus
from voicegateway.core.resources import Source
from voicegateway.operations.documents.base import Document, Usd
from voicegateway.operations.documents.budgets import BudgetUse
from voicegateway.types import Modality

__all__ = ["Deletion", "Model", "Plugin", "Project", "Provider", "ProviderTest"]

Settings = dict[str, Any]


class Plugin(Document):
    """One installed claim to a provider id; a clash is one a distribution."""

    provider: str
    status: PluginStatus
    distribution: str
    version: str
    entry_point: str
    error: str | None


class Provider(Document):
    """A provider that is configured, installed, or both."""

    id: str
    source: Source | None = Field(description="Null: it is installed and has no settings.")
    enabled: bool
    status: PluginStatus | Literal["missing"] = Field(
        description="Of its plugin; `missing`: no installed distribution offers it."
    )
    distribution: str | None
    version: str | None
    error: str | None
    settings: Settings = Field(description="As YAML would have them, secrets masked.")


class ProviderTest(Document):
    """What the plugin's own cheap check said."""

    ok: bool
    latency_ms: float | None
    detail: str


class Model(Document):
    """An alias: a name of your own for a provider's model and its settings."""

    id: str = Field(description="`modality/alias`.", examples=["stt/fast"])
    modality: Modality
    alias: str
    source: Source
    enabled: bool = Field(description="Whether its provider is turned on.")
    provider: str
    model: str
    language: str | None
    voice: str | None
    options: Settings


class Project(BudgetUse):
    """A project of the configuration, or one that only the ledger knows."""

    id: str
    name: str
    description: str
    source: Source
    daily_budget_usd: Usd | None
    monthly_budget_usd: Usd | None
    budget_action: Literal["warn", "throttle", "block"]
    throttle_stack: str | None
    tags: list[str]
    settings: Settings = Field(description="As YAML would have them, secrets masked.")


class Deletion(Document):
    """What was deleted, or, without `confirm=true`, what would be."""

    deleted: bool
    kind: Literal["provider", "model", "project"]
    id: str
    settings: Settings = Field(description="As they are or were, secrets masked.")
    affects: list[str] = Field(description="What uses it, a line each.")
