"""The shape of `voicegw.yaml`. Unknown keys are refused everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from voicegateway.core.server_schema import Auth, KeyEntry, Server
from voicegateway.types import Mode, Unit

__all__ = [
    "Auth",
    "GatewayConfig",
    "KeyEntry",
    "ModelAlias",
    "Project",
    "ProviderEntry",
    "Server",
    "Stack",
    "decimal_schema",
]


def _exact(value: object) -> object:
    """YAML reads 0.0048 as a float, whose text is what the operator wrote. True is no 1."""
    if isinstance(value, bool):
        raise ValueError("a number is needed here, not a yes or no")
    return Decimal(repr(value)) if isinstance(value, float) else value


_NAME_LENGTH = 200


def _name(value: str) -> str:
    """The ledger and URLs must be able to carry it, and people to read it."""
    if not value.strip() or value != value.strip() or len(value) > _NAME_LENGTH:
        raise ValueError("a name has 1 to 200 characters and no space at its ends")
    if not value.isprintable():
        raise ValueError("a name may not have control characters")
    return value


def decimal_schema(most: int) -> WithJsonSchema:
    """How the API's document describes a decimal from 0 to `most`: Pydantic's own words for one
    change between its versions, and leave the limits out."""
    number = {"type": "number", "minimum": 0, "maximum": most}
    return WithJsonSchema({"anyOf": [number, {"type": "string"}]})


Name = Annotated[str, AfterValidator(_name)]
Money = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, allow_inf_nan=False)]
Budget = Annotated[Money, Field(le=1_000_000_000), decimal_schema(1_000_000_000)]
Quantity = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UsageExport(BaseModel):
    """`providers.<id>.usage_export`: for `voicegw reconcile --pull` alone, so that no factory ever
    sees the key of an administrator. Keys other than ours go to the plugin."""

    model_config = ConfigDict(extra="allow", frozen=True)

    api_key: SecretStr | None = None
    base_url: str | None = None

    @property
    def own_settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Names only, as in `ProviderEntry`."""
        yield "set", sorted(self.model_fields_set)


class ProviderEntry(BaseModel):
    """`providers.<id>`: keys other than ours go to the plugin, which refuses what it does not
    know."""

    model_config = ConfigDict(extra="allow", frozen=True)

    api_key: SecretStr | None = None
    base_url: str | None = None
    enabled: bool = True
    usage_export: UsageExport | None = None

    @property
    def own_settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Names only: an address may carry a password, and a second key may be among the rest."""
        yield "enabled", self.enabled
        yield "set", sorted(self.model_fields_set)


class ModelAlias(_Section):
    """`models.{stt,llm,tts}.<alias>`."""

    provider: str
    model: str
    language: str | None = None
    voice: str | None = None
    options: dict[str, Any] = {}


class Models(_Section):
    stt: dict[Name, ModelAlias] = {}
    llm: dict[Name, ModelAlias] = {}
    tts: dict[Name, ModelAlias] = {}


class Stack(_Section):
    """`stacks.<name>`: model strings or aliases."""

    stt: str
    llm: str
    tts: str


class Fallbacks(_Section):
    """`fallbacks`: for each kind the models to ask, best first: model strings or aliases. A
    factory that is given none of its own takes what comes after its model."""

    stt: list[str] = []
    llm: list[str] = []
    tts: list[str] = []


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
    daily_budget: Budget | None = None
    monthly_budget: Budget | None = None
    budget_action: Literal["warn", "throttle", "block"] = "warn"
    estimate: Literal["typical", "bound"] = "typical"
    unpriced: Literal["allow", "refuse"] = "allow"
    throttle_stack: str | None = None
    rate_limits: dict[Name, RateLimit] = {}
    providers: dict[Name, ProviderEntry] = {}
    tags: list[str] = []

    @field_validator("providers")
    @classmethod
    def _usage_is_of_the_account(cls, value: dict[str, ProviderEntry]) -> dict[str, ProviderEntry]:
        if any(entry.usage_export is not None for entry in value.values()):
            raise ValueError("usage_export is of a whole account: put it under providers")
        return value


class CostTracking(_Section):
    enabled: bool = True
    db_path: str | None = None
    timezone: str = "UTC"
    durability: Literal["process", "power"] = "process"
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Single requests are deleted after so many whole days; None keeps them. Sums stay."""

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
    """`pricing.overrides[]`: rates of your own, for the models that match."""

    match: OverrideMatch
    rates: dict[Unit, RateEntry] = {}
    plan: str | None = None
    """The vendor's plan that they are for; None: whatever the plan."""
    credit_usd: Money | None = None
    """The price of one credit, for vendors that bill in credits."""
    valid_from: date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _some_rate(self) -> Self:
        if not self.rates and self.credit_usd is None:
            raise ValueError("an override needs rates or credit_usd")
        if self.credit_usd is not None and Unit.CREDITS in self.rates:
            raise ValueError("credit_usd and rates.credits both price a credit: give one of them")
        return self

    def all_rates(self) -> dict[Unit, RateEntry]:
        """`rates`, and what a credit costs."""
        if self.credit_usd is None:
            return self.rates
        return {**self.rates, Unit.CREDITS: RateEntry(usd=self.credit_usd)}


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

    providers: dict[Name, ProviderEntry] = {}
    models: Models = Models()
    stacks: dict[Name, Stack] = {}
    projects: dict[Name, Project] = {}
    default_project: Name = "default"
    fallbacks: Fallbacks = Fallbacks()
    rate_limits: dict[Name, RateLimit] = {}
    cost_tracking: CostTracking = CostTracking()
    pricing: Pricing = Pricing()
    latency: Latency = Latency()
    observability: Observability = Observability()
    plugins: Plugins = Plugins()
    server: Server = Server()
    auth: Auth = Auth()

    @model_validator(mode="after")
    def _limits_need_the_ledger(self) -> Self:
        if self.cost_tracking.enabled and self.observability.cost_tracking:
            return self
        bounded = any(
            project.daily_budget is not None
            or project.monthly_budget is not None
            or project.rate_limits
            or project.unpriced == "refuse"
            for project in self.projects.values()
        )
        if bounded or self.rate_limits:
            raise ValueError(
                "budgets and rate limits are kept in the ledger, which cost_tracking turns off: "
                "turn it on, or take them out"
            )
        return self
