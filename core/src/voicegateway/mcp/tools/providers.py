"""Providers: what is configured, and whether their vendors accept the keys."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field, SecretStr

from voicegateway.core.access import Scope
from voicegateway.mcp.arguments import Arguments, Confirm, ProviderId
from voicegateway.mcp.faults import Fault
from voicegateway.mcp.tool import Call, Tool
from voicegateway.mcp.tools.deletion import done
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.resources import Deletion, Provider, ProviderTest

__all__ = ["ADD_PROVIDER", "DELETE_PROVIDER", "GET_PROVIDER", "LIST_PROVIDERS", "TEST_PROVIDER"]


class Providers(Document):
    providers: list[Provider] = Field(description="Sorted by id.")


class ProviderQuestion(Arguments):
    provider_id: ProviderId


class NewProvider(Arguments):
    provider_id: Annotated[
        str, Field(min_length=1, max_length=200, description="As `list_plugins` shows it.")
    ]
    api_key: Annotated[
        SecretStr | None,
        Field(
            description="The vendor's key. It is stored encrypted and never shown again. Leave it "
            "out if the plugin's own environment variable has it."
        ),
    ] = None
    base_url: Annotated[
        str | None, Field(max_length=2000, description="Of a server other than the vendor's.")
    ] = None
    enabled: bool = True
    settings: Annotated[
        dict[str, Any],
        Field(
            default_factory=dict,
            description="Whatever else the plugin takes; it refuses what it does not know.",
        ),
    ]


class ProviderDeletion(ProviderQuestion):
    confirm: Confirm = False


def _providers(call: Call[Arguments]) -> Providers:
    return Providers(providers=call.operations.providers())


def _provider(call: Call[ProviderQuestion]) -> Provider:
    return call.operations.provider(call.arguments.provider_id)


def _test(call: Call[ProviderQuestion]) -> ProviderTest:
    """A refused key is an error of the tool, so that nobody takes it for a success."""
    answer = call.operations.test_provider(call.arguments.provider_id)
    if answer.ok:
        return answer
    detail = answer.detail or "its check failed and does not say why"
    message = f"Provider {call.arguments.provider_id!r} does not work: {detail}"
    raise Fault("PROVIDER_TEST_FAILED", message, answer.model_dump(mode="json"))


async def _add(call: Call[NewProvider]) -> Provider:
    asked = call.arguments
    await call.operations.create("provider", asked.provider_id, _said(asked), actor=call.actor)
    return await asyncio.to_thread(call.operations.provider, asked.provider_id)


async def _delete(call: Call[ProviderDeletion]) -> Deletion:
    asked = call.arguments
    return done(
        await call.operations.delete(
            "provider", asked.provider_id, actor=call.actor, confirm=asked.confirm
        )
    )


def _said(asked: NewProvider) -> dict[str, Any]:
    """The settings as YAML would have them."""
    twice = sorted(asked.settings.keys() & {"api_key", "base_url", "enabled"})
    if twice:
        message = f"settings.{twice[0]}: give it as the argument {twice[0]}, not in settings."
        raise Fault("VALIDATION_ERROR", message)
    given = {
        "api_key": asked.api_key.get_secret_value() if asked.api_key else None,
        "base_url": asked.base_url,
        "enabled": asked.enabled if "enabled" in asked.model_fields_set else None,
    }
    return {**asked.settings, **{name: one for name, one in given.items() if one is not None}}


LIST_PROVIDERS = Tool(
    name="list_providers",
    title="Providers",
    description=(
        "Every provider that is configured, installed, or both, with its settings (keys masked) "
        "and where they are from: `yaml` and `env` can only be read here, `managed` can be changed."
    ),
    arguments=Arguments,
    answer=Providers,
    run=_providers,
)
GET_PROVIDER = Tool(
    name="get_provider",
    title="One provider",
    description="One provider's state and settings, keys masked.",
    arguments=ProviderQuestion,
    answer=Provider,
    run=_provider,
)
TEST_PROVIDER = Tool(
    name="test_provider",
    title="Test a provider",
    description=(
        "Asks the provider's vendor, with one cheap request that is not billed, whether it can be "
        "reached and accepts the key. Fails with PROVIDER_TEST_FAILED and the reason if not."
    ),
    arguments=ProviderQuestion,
    answer=ProviderTest,
    run=_test,
    scope=Scope.WRITE,
    asks_outside=True,
)
ADD_PROVIDER = Tool(
    name="add_provider",
    title="Add a provider",
    description=(
        "Configures a provider, with its key. The plugin must be installed, which list_plugins "
        "shows. Call test_provider afterwards. A provider that is in the YAML file already is "
        "READ_ONLY_RESOURCE, one that was added before PROVIDER_ALREADY_EXISTS."
    ),
    arguments=NewProvider,
    answer=Provider,
    run=_add,
    scope=Scope.WRITE,
    changes=True,
)
DELETE_PROVIDER = Tool(
    name="delete_provider",
    title="Delete a provider",
    description=(
        "Deletes a managed provider and its stored key for good. Without confirm=true nothing is "
        "deleted: the error CONFIRMATION_REQUIRED says what uses it. Show that to the user and ask "
        "before you confirm."
    ),
    arguments=ProviderDeletion,
    answer=Deletion,
    run=_delete,
    scope=Scope.WRITE,
    changes=True,
    destructive=True,
)
