"""Projects and their budgets."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from pydantic import Field

from voicegateway.core.access import Scope
from voicegateway.mcp.arguments import Arguments, Confirm, ProjectId
from voicegateway.mcp.tool import Call, Tool
from voicegateway.mcp.tools.deletion import done
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.resources import Deletion, Project

__all__ = ["CREATE_PROJECT", "DELETE_PROJECT", "GET_PROJECT", "LIST_PROJECTS"]


class Projects(Document):
    projects: list[Project] = Field(description="Sorted by id.")


class ProjectQuestion(Arguments):
    project_id: ProjectId


Amount = Annotated[str, Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,9})?$", examples=["25.00"])]


class NewProject(Arguments):
    project_id: Annotated[str, Field(min_length=1, max_length=200, description="A new name.")]
    name: Annotated[str, Field(max_length=200, description="For people.")] = ""
    description: Annotated[str, Field(max_length=2000)] = ""
    daily_budget: Annotated[
        Amount | None, Field(description="US dollars a calendar day; left out: no cap.")
    ] = None
    monthly_budget: Annotated[
        Amount | None, Field(description="US dollars a calendar month; left out: no cap.")
    ] = None
    budget_action: Annotated[
        Literal["warn", "throttle", "block"],
        Field(
            description="What happens when a budget has no room: a warning, calls go to "
            "throttle_stack, or calls are refused."
        ),
    ] = "warn"
    estimate: Annotated[
        Literal["typical", "bound"],
        Field(
            description="What a call is held to cost before it is made: what such calls usually "
            "do, or the most that it can."
        ),
    ] = "typical"
    unpriced: Annotated[
        Literal["allow", "refuse"],
        Field(description="Whether models without a known price may be called."),
    ] = "allow"
    default_stack: Annotated[
        str | None, Field(max_length=200, description="A stack of the configuration.")
    ] = None
    throttle_stack: Annotated[
        str | None, Field(max_length=200, description="Where throttled calls go.")
    ] = None
    tags: Annotated[list[str], Field(default_factory=list, max_length=50)]


class ProjectDeletion(ProjectQuestion):
    confirm: Confirm = False


def _projects(call: Call[Arguments]) -> Projects:
    return Projects(projects=call.operations.projects())


def _project(call: Call[ProjectQuestion]) -> Project:
    return call.operations.project(call.arguments.project_id)


async def _create(call: Call[NewProject]) -> Project:
    asked = call.arguments
    settings = asked.model_dump(exclude={"project_id"}, exclude_defaults=True)
    await call.operations.create("project", asked.project_id, settings, actor=call.actor)
    return await asyncio.to_thread(call.operations.project, asked.project_id)


async def _delete(call: Call[ProjectDeletion]) -> Deletion:
    asked = call.arguments
    return done(
        await call.operations.delete(
            "project", asked.project_id, actor=call.actor, confirm=asked.confirm
        )
    )


LIST_PROJECTS = Tool(
    name="list_projects",
    title="Projects",
    description=(
        "Every project, configured or only met in the ledger, with what it has spent today and "
        "this month, what is reserved, and its budget."
    ),
    arguments=Arguments,
    answer=Projects,
    run=_projects,
)
GET_PROJECT = Tool(
    name="get_project",
    title="One project",
    description=(
        "One project's settings and how its budget stands: spent, reserved by which process, held "
        "by which running calls, and when it resets. Use it to find out why calls are refused."
    ),
    arguments=ProjectQuestion,
    answer=Project,
    run=_project,
)
CREATE_PROJECT = Tool(
    name="create_project",
    title="Create a project",
    description=(
        "Creates a project, which costs are attributed to and budgets hold for. Agents name it "
        "when they make their models. Budgets are US dollars as decimal strings."
    ),
    arguments=NewProject,
    answer=Project,
    run=_create,
    scope=Scope.WRITE,
    changes=True,
)
DELETE_PROJECT = Tool(
    name="delete_project",
    title="Delete a project",
    description=(
        "Deletes a managed project's settings, and so its budget; what was recorded of it stays "
        "in the ledger. Without confirm=true nothing is deleted: the error CONFIRMATION_REQUIRED "
        "says what it affects. Show that to the user and ask before you confirm."
    ),
    arguments=ProjectDeletion,
    answer=Deletion,
    run=_delete,
    scope=Scope.WRITE,
    changes=True,
    destructive=True,
)
