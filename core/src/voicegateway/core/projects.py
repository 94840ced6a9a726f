"""Every project that there is: configured, managed, or only in the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicegateway.core.layers import Layers
from voicegateway.core.resources import Source
from voicegateway.core.schema import Project
from voicegateway.errors import LedgerError

if TYPE_CHECKING:
    from voicegateway.storage.queries import Reader

__all__ = ["ProjectInfo", "project_infos"]


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """One project, and where it is from."""

    id: str
    source: Source
    settings: Project


def project_infos(layers: Layers, reader: Callable[[], Reader]) -> list[ProjectInfo]:
    """Sorted by id. `reader` opens the ledger, and raises `LedgerError` if there is none."""
    found = {
        name: ProjectInfo(name, layers.source("project", name), settings)
        for name, settings in layers.config.projects.items()
    }
    active = os.environ.get("VOICEGW_ACTIVE_PROJECT")
    if active:
        found.setdefault(active, ProjectInfo(active, "env", Project()))
    for name in _in_ledger(reader):
        found.setdefault(name, ProjectInfo(name, "ledger", Project()))
    return [found[name] for name in sorted(found)]


def _in_ledger(reader: Callable[[], Reader]) -> list[str]:
    from voicegateway.storage.queries import projects

    try:
        with reader() as opened:
            return projects(opened)
    except LedgerError:  # none yet, or out of reach: what is configured is known all the same
        return []
