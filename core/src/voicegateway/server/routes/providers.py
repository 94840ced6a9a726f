"""`/v1/providers`."""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool

from voicegateway.operations.documents.resources import Deletion, Provider, ProviderTest
from voicegateway.server.bodies import NewProvider, ProviderChanges, changes, settings
from voicegateway.server.parameters import Confirm, Desk, NameInPath, ProjectOf
from voicegateway.server.problems import responses
from voicegateway.server.routing import Actor, reading, writing

__all__ = ["reads", "writes"]

reads = reading("providers")
writes = writing("providers")


@reads.get("/v1/providers", responses=responses(409))
def get_providers(desk: Desk) -> list[Provider]:
    """Providers that are configured, installed, or both. Keys are masked."""
    return desk.providers()


@reads.get("/v1/providers/{provider_id}", responses=responses(404, 409))
def get_provider(provider_id: NameInPath, desk: Desk) -> Provider:
    """One provider."""
    return desk.provider(provider_id)


@writes.post("/v1/providers", status_code=201, responses=responses(409, 413))
async def create_provider(body: NewProvider, desk: Desk, actor: Actor) -> Provider:
    """A new managed provider. Its key is encrypted, and never shown again."""
    await desk.create("provider", body.id, settings(body), actor=actor)
    return await run_in_threadpool(desk.provider, body.id)


@writes.patch("/v1/providers/{provider_id}", responses=responses(404, 409, 413))
async def update_provider(
    provider_id: NameInPath, body: ProviderChanges, desk: Desk, actor: Actor
) -> Provider:
    """Changes a managed provider. One that YAML has is `READ_ONLY_RESOURCE`."""
    await desk.update("provider", provider_id, changes(body), actor=actor)
    return await run_in_threadpool(desk.provider, provider_id)


@writes.delete("/v1/providers/{provider_id}", responses=responses(404, 409))
async def delete_provider(
    provider_id: NameInPath, desk: Desk, actor: Actor, *, confirm: Confirm = False
) -> Deletion:
    """Deletes a managed provider; without `confirm=true` says what would be deleted."""
    return await desk.delete("provider", provider_id, actor=actor, confirm=confirm)


@writes.post("/v1/providers/{provider_id}/test", responses=responses(404, 409))
def check_provider(provider_id: NameInPath, desk: Desk, project: ProjectOf = None) -> ProviderTest:
    """The plugin's own cheap check, with the key that calls would have. Nothing is written to the
    ledger."""
    return desk.test_provider(provider_id, project=project)
