"""Model aliases: names of one's own for a provider's models."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field

from voicegateway.core.access import Scope
from voicegateway.mcp.arguments import (
    Arguments,
    Confirm,
    ModalityName,
    ModelId,
    ProviderId,
)
from voicegateway.mcp.tool import Call, Tool
from voicegateway.mcp.tools.deletion import done
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.resources import Deletion, Model
from voicegateway.types import Modality

__all__ = ["DELETE_MODEL", "LIST_MODELS", "REGISTER_MODEL"]


class Models(Document):
    models: list[Model] = Field(description="Sorted by id.")


class ModelQuestion(Arguments):
    modality: Annotated[ModalityName | None, Field(description="Of this kind alone.")] = None
    provider_id: Annotated[ProviderId | None, Field(description="Of this one alone.")] = None
    enabled_only: Annotated[
        bool, Field(description="Leave out those whose provider is turned off.")
    ] = False


class NewModel(Arguments):
    model_id: ModelId
    provider_id: ProviderId
    model: Annotated[
        str, Field(min_length=1, max_length=200, description="As the provider calls it.")
    ]
    language: Annotated[str | None, Field(max_length=200, description="Of speech recognition.")] = (
        None
    )
    voice: Annotated[str | None, Field(max_length=200, description="Of speech synthesis.")] = None
    options: Annotated[
        dict[str, Any],
        Field(default_factory=dict, description="Whatever else the provider's plugin takes."),
    ]


class ModelDeletion(Arguments):
    model_id: ModelId
    confirm: Confirm = False


def _models(call: Call[ModelQuestion]) -> Models:
    asked = call.arguments
    found = call.operations.models(
        modality=None if asked.modality is None else Modality(asked.modality),
        provider=asked.provider_id,
        enabled_only=asked.enabled_only,
    )
    return Models(models=found)


async def _register(call: Call[NewModel]) -> Model:
    asked = call.arguments
    settings = {
        "provider": asked.provider_id,
        **asked.model_dump(exclude={"model_id", "provider_id"}, exclude_defaults=True),
    }
    await call.operations.create("model", asked.model_id, settings, actor=call.actor)
    modality, _, alias = asked.model_id.partition("/")
    return await asyncio.to_thread(call.operations.model, Modality(modality), alias)


async def _delete(call: Call[ModelDeletion]) -> Deletion:
    asked = call.arguments
    return done(
        await call.operations.delete(
            "model", asked.model_id, actor=call.actor, confirm=asked.confirm
        )
    )


LIST_MODELS = Tool(
    name="list_models",
    title="Model aliases",
    description=(
        "The aliases of the configuration: names that agents use for a provider's model with its "
        "language, voice and options. Models that are used without an alias are not here: "
        "get_costs shows every model that was used."
    ),
    arguments=ModelQuestion,
    answer=Models,
    run=_models,
)
REGISTER_MODEL = Tool(
    name="register_model",
    title="Register a model alias",
    description=(
        "Gives a provider's model a name that agents and stacks can use, such as stt/fast. An "
        "alias that exists already is MODEL_ALREADY_EXISTS: delete it first to change it."
    ),
    arguments=NewModel,
    answer=Model,
    run=_register,
    scope=Scope.WRITE,
    changes=True,
)
DELETE_MODEL = Tool(
    name="delete_model",
    title="Delete a model alias",
    description=(
        "Deletes a managed alias. Without confirm=true nothing is deleted: the error "
        "CONFIRMATION_REQUIRED says which stacks and fallbacks use it. Show that to the user and "
        "ask before you confirm."
    ),
    arguments=ModelDeletion,
    answer=Deletion,
    run=_delete,
    scope=Scope.WRITE,
    changes=True,
    destructive=True,
)
