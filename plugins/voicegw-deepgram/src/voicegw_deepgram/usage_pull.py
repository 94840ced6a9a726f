"""Fetching what `usage_export` reads. Parameters: deepgram-sdk 7.17,
`manage.v1.projects.usage.breakdown` and `.billing.breakdown`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from voicegateway.authoring.pulling import (
    Access,
    PullError,
    Report,
    only_settings,
    pull_reports,
    utc_days,
)
from voicegateway.types import ProviderSettings
from voicegw_deepgram.address import project_root

__all__ = ["pull_pages"]

_VARIABLE: Final = "DEEPGRAM_PROJECT_ID"


def pull_pages(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterator[Path]:
    """Asks for one day more: no source says whether `end` is part of the range. What is of that day
    lies outside the window and is left out."""
    only_settings(settings, {"project_id"})
    first, behind = utc_days(start, end, "Deepgram")
    root = project_root(settings.base_url, quote(_project(settings), safe=""))
    access = Access(
        settings, "Authorization", "Token ", needs="one with the right usage:read in that project"
    )
    window = {"start": first.isoformat(), "end": behind.isoformat()}
    reports = [
        Report(
            name=name,
            url=f"{root}/{name}/breakdown",
            query={**window, "grouping": grouping},
            following=None,
        )
        for name, grouping in (("usage", "models"), ("billing", "line_item"))
    ]
    return pull_reports(reports, folder, access)


def _project(settings: ProviderSettings) -> str:
    found = settings.extra.get("project_id") or os.environ.get(_VARIABLE)
    if not isinstance(found, str) or not found:
        raise PullError(
            f"Deepgram's usage is of a project: set {_VARIABLE}, or project_id under "
            "providers.deepgram.usage_export in the config."
        )
    return found
