"""`/v1/models`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from voicegateway.operations.documents.resources import Deletion, Model
from voicegateway.server.bodies import ModelChanges, NewModel, changes, settings
from voicegateway.server.parameters import Confirm, Desk, Name, NameInPath
from voicegateway.server.problems import responses
from voicegateway.server.routing import Actor, reading, writing
from voicegateway.types import Modality

__all__ = ["reads", "writes"]

reads = reading("models")
writes = writing("models")


class ModelQuery(BaseModel):
    modality: Modality | None = None
    provider: Name | None = None
    enabled_only: bool = Field(default=False, description="Only those whose provider is on.")


@reads.get("/v1/models", responses=responses(409))
def get_models(query: Annotated[ModelQuery, Query()], desk: Desk) -> list[Model]:
    """Aliases: names of your own for models."""
    return desk.models(
        modality=query.modality, provider=query.provider, enabled_only=query.enabled_only
    )


@reads.get("/v1/models/{modality}/{alias:path}", responses=responses(404, 409))
def get_model(modality: Modality, alias: NameInPath, desk: Desk) -> Model:
    """One alias."""
    return desk.model(modality, alias)


@writes.post("/v1/models", status_code=201, responses=responses(409, 413))
async def create_model(body: NewModel, desk: Desk, actor: Actor) -> Model:
    """A new managed alias."""
    name = f"{body.modality}/{body.alias}"
    await desk.create("model", name, settings(body), actor=actor)
    return await run_in_threadpool(desk.model, body.modality, body.alias)


@writes.patch("/v1/models/{modality}/{alias:path}", responses=responses(404, 409, 413))
async def update_model(
    modality: Modality, alias: NameInPath, body: ModelChanges, desk: Desk, actor: Actor
) -> Model:
    """Changes a managed alias. One that YAML has is `READ_ONLY_RESOURCE`."""
    await desk.update("model", f"{modality}/{alias}", changes(body), actor=actor)
    return await run_in_threadpool(desk.model, modality, alias)


@writes.delete("/v1/models/{modality}/{alias:path}", responses=responses(404, 409))
async def delete_model(
    modality: Modality, alias: NameInPath, desk: Desk, actor: Actor, *, confirm: Confirm = False
) -> Deletion:
    """Deletes a managed alias; without `confirm=true` says what would be deleted."""
    return await desk.delete("model", f"{modality}/{alias}", actor=actor, confirm=confirm)
