"""The shape of `voicegw.yaml`. Unknown keys are refused everywhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from voicegateway.types import Mode, Unit

__all__ = ["GatewayConfig", "ModelAlias", "Project", "ProviderEntry", "Stack"]


def _exact(value: object) -> object:
    """YAML reads 0.0048 as a float, whose text is what the operator wrote."""
    return Decimal(repr(value)) if isinstance(value, float) else value


Money = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, allow_inf_nan=False)]
Quantity = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderEntry(BaseModel):
    """`providers.<id>`: keys other than ours go to the plugin, which refuses what it does not
    know."""

    model_config = ConfigDict(extra="allow", frozen=True)

    api_key: SecretStr | None = None
    base_url: str | None = None
    enabled: bool = True

    @property
    def own_settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class ModelAlias(_Section):
    """`models.{stt,llm,tts}.<alias>`."""

    provider: str
    model: str
    language: str | None = None
    voice: str | None = None
    options: dict[str, Any] = {}


class Models(_Section):
    stt: dict[str, ModelAlias] = {}
    llm: dict[str, ModelAlias] = {}
    tts: dict[str, ModelAlias] = {}


class Stack(_Section):
    """`stacks.<name>`: model strings or aliases."""

    stt: str
    llm: str
    tts: str


class RateLimit(_Section):
    """`rate_limits.<provider>`."""

    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    concurrent_streams: Annotated[int, Field(ge=1)] | None = None
    on_limit: Literal["raise", "wait"] = "raise"


class Project(_Section):
    """`projects.<id>`. Budgets are US dollars a calendar day or month of the ledger's zone."""

    name: str = ""
    description: str = ""
    default_stack: str | None = None
    daily_budget: Money | None = None
    monthly_budget: Money | None = None
    budget_action: Literal["warn", "throttle", "block"] = "warn"
    estimate: Literal["typical", "bound"] = "typical"
    unpriced: Literal["allow", "refuse"] = "allow"
    throttle_stack: str | None = None
    rate_limits: dict[str, RateLimit] = {}
    providers: dict[str, ProviderEntry] = {}
    tags: list[str] = []


class CostTracking(_Section):
    enabled: bool = True
    db_path: str | None = None
    timezone: str = "UTC"
    durability: Literal["process", "power"] = "process"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            import difflib

            near = difflib.get_close_matches(value, available_timezones(), n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"{value!r} is no time zone{hint}") from error
        return value


class RateEntry(_Section):
    usd: Money
    per: Quantity = Decimal(1)


class OverrideMatch(_Section):
    provider: str
    model: str = "*"
    mode: Mode | None = None


class OverrideEntry(_Section):
    match: OverrideMatch
    rates: dict[Unit, RateEntry]
    valid_from: date | None = None
    note: str = ""


class Pricing(_Section):
    overrides: list[OverrideEntry] = []


class Latency(_Section):
    ttfb_warning_ms: Annotated[float, Field(gt=0)] = 500
    percentiles: Annotated[
        list[Annotated[float, Field(gt=0, lt=100)]], Field(min_length=1, max_length=10)
    ] = [50, 95, 99]


class Observability(_Section):
    """What is done with what the meter saw."""

    latency_tracking: bool = True
    """Times in the ledger, and warnings of slow calls."""
    cost_tracking: bool = True
    """As `cost_tracking.enabled`: either turns the ledger off."""
    request_logging: bool = True
    """A line an attempt on the logger `voicegateway.requests`."""


class Plugins(_Section):
    disabled: list[str] = []
    preload: bool = True


class GatewayConfig(_Section):
    """A whole configuration; without a file, all defaults."""

    providers: dict[str, ProviderEntry] = {}
    models: Models = Models()
    stacks: dict[str, Stack] = {}
    projects: dict[str, Project] = {}
    default_project: str = "default"
    rate_limits: dict[str, RateLimit] = {}
    cost_tracking: CostTracking = CostTracking()
    pricing: Pricing = Pricing()
    latency: Latency = Latency()
    observability: Observability = Observability()
    plugins: Plugins = Plugins()
