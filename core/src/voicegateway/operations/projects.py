"""Projects and their budgets."""

from __future__ import annotations

from typing import Any

from voicegateway.core.faults import key_path
from voicegateway.core.projects import ProjectInfo
from voicegateway.core.resources import Resource
from voicegateway.errors import ResourceNotFoundError
from voicegateway.operations.documents.budgets import Budget
from voicegateway.operations.documents.resources import Project
from voicegateway.operations.source import Source
from voicegateway.storage.queries import Reader, budget_state

__all__ = ["ProjectReads"]


class ProjectReads(Source):
    """Raise `LedgerError`."""

    def projects(self) -> list[Project]:
        """Those of the configuration and those that only the ledger knows, sorted by id."""
        infos = self.gateway.list_projects()
        with self.reading() as reader:
            return [_project(reader, info) for info in infos]

    def project(self, project_id: str) -> Project:
        """Raises `ResourceNotFoundError`."""
        info = self._info(project_id)
        with self.reading() as reader:
            return _project(reader, info)

    def budgets(self, project: str | None = None) -> list[Budget]:
        """How the budget of each project stands, or of one, and who holds what of it. Raises
        `ResourceNotFoundError`."""
        infos = self.gateway.list_projects() if project is None else [self._info(project)]
        with self.reading() as reader:
            return [_budget(reader, info) for info in infos]

    def _info(self, project_id: str) -> ProjectInfo:
        for info in self.gateway.list_projects():
            if info.id == project_id:
                return info
        raise ResourceNotFoundError(
            f"There is no project {key_path([project_id])}.", kind="project"
        )


def _caps(info: ProjectInfo) -> dict[str, Any]:
    section = info.settings
    return {
        "daily_budget_usd": _text(section.daily_budget),
        "monthly_budget_usd": _text(section.monthly_budget),
        "budget_action": section.budget_action,
        "throttle_stack": section.throttle_stack,
    }


def _budget(reader: Reader, info: ProjectInfo) -> Budget:
    state = budget_state(reader, info.id).to_json()
    return Budget.model_validate({"project": info.id, **_caps(info), **state})


def _project(reader: Reader, info: ProjectInfo) -> Project:
    section = info.settings
    facts = {
        "id": info.id,
        "name": section.name,
        "description": section.description,
        "source": info.source,
        **_caps(info),
        "tags": list(section.tags),
        "settings": Resource("project", info.id, info.source, section).settings(),
        **budget_state(reader, info.id).to_json(),
    }
    return Project.model_validate(facts)


def _text(amount: object) -> str | None:
    return None if amount is None else f"{amount:f}"
