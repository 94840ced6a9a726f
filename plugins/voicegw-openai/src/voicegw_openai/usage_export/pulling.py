"""Fetching what `pages` reads.

Parameters: openai 3.54, `types.admin.organization.usage_*_params`; its client repeats `group_by[]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from voicegateway.authoring.pulling import Access, Report, only_settings, pull_reports, utc_days
from voicegateway.types import ProviderSettings
from voicegw_openai.address import OFFICIAL, completed

__all__ = ["pull_pages"]

_USAGE: Final = ("completions", "audio_speeches", "audio_transcriptions")
_DAYS: Final = 31
_COST_DAYS: Final = 180
"""The most that a page has."""


def pull_pages(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterator[Path]:
    only_settings(settings, ())
    utc_days(start, end, "OpenAI")
    root = completed(settings.base_url) if settings.base_url else OFFICIAL
    access = Access(
        settings,
        "Authorization",
        "Bearer ",
        needs="an admin key of the organization, in OPENAI_ADMIN_KEY",
    )
    window = {
        "start_time": str(int(start.timestamp())),
        "end_time": str(int(end.timestamp())),
        "bucket_width": "1d",
    }
    reports = [
        Report(
            name=name.replace("_", "-"),
            url=f"{root}/organization/usage/{name}",
            query={**window, "group_by[]": "model", "limit": _DAYS},
        )
        for name in _USAGE
    ]
    costs = Report(
        name="costs",
        url=f"{root}/organization/costs",
        query={**window, "group_by[]": "line_item", "limit": _COST_DAYS},
    )
    return pull_reports([*reports, costs], folder, access)
