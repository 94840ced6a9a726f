"""`/v1/projects` and `/v1/budgets`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from voicegateway.operations.documents.budgets import Budget
from voicegateway.operations.documents.resources import Deletion, Project
from voicegateway.server.bodies import NewProject, ProjectChanges, changes, settings
from voicegateway.server.parameters import Confirm, Desk, Name, NameInPath
from voicegateway.server.problems import responses
from voicegateway.server.routing import Actor, reading, writing

__all__ = ["reads", "writes"]

reads = reading("projects")
writes = writing("projects")


class BudgetQuery(BaseModel):
    project: Name | None = Field(None, description="Of one project.")


@reads.get("/v1/projects", responses=responses(409))
def get_projects(desk: Desk) -> list[Project]:
    """Projects of the configuration, and those that only the ledger knows."""
    return desk.projects()


@reads.get("/v1/projects/{project_id:path}", responses=responses(404, 409))
def get_project(project_id: NameInPath, desk: Desk) -> Project:
    """One project: settings, what is spent and reserved, and when its budget resets."""
    return desk.project(project_id)


@reads.get("/v1/budgets", responses=responses(404, 409))
def get_budgets(query: Annotated[BudgetQuery, Query()], desk: Desk) -> list[Budget]:
    """How the projects' budgets stand: spend, cap, reset, and who holds how much."""
    return desk.budgets(query.project)


@writes.post("/v1/projects", status_code=201, responses=responses(409, 413))
async def create_project(body: NewProject, desk: Desk, actor: Actor) -> Project:
    """A new managed project."""
    await desk.create("project", body.id, settings(body), actor=actor)
    return await run_in_threadpool(desk.project, body.id)


@writes.patch("/v1/projects/{project_id:path}", responses=responses(404, 409, 413))
async def update_project(
    project_id: NameInPath, body: ProjectChanges, desk: Desk, actor: Actor
) -> Project:
    """Changes a managed project. One that YAML has is `READ_ONLY_RESOURCE`."""
    await desk.update("project", project_id, changes(body), actor=actor)
    return await run_in_threadpool(desk.project, project_id)


@writes.delete("/v1/projects/{project_id:path}", responses=responses(404, 409))
async def delete_project(
    project_id: NameInPath, desk: Desk, actor: Actor, *, confirm: Confirm = False
) -> Deletion:
    """Deletes a managed project; without `confirm=true` says what would be deleted. What it spent
    stays in the ledger."""
    return await desk.delete("project", project_id, actor=actor, confirm=confirm)
