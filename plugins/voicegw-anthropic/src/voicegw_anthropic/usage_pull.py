"""Fetching what `usage_export` reads: `GET /v1/organizations/usage_report/messages` and
`/cost_report`. Parameters: https://platform.claude.com/docs/en/api/admin/usage_report.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from voicegateway.authoring.pulling import Access, Report, only_settings, pull_reports, utc_days
from voicegateway.types import ProviderSettings
from voicegw_anthropic.address import DEFAULT, api_root

__all__ = ["pull_pages"]

_API_VERSION: Final = "2023-06-01"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_DAYS: Final = 31
"""The most that a page has."""


def pull_pages(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterator[Path]:
    only_settings(settings, ())
    utc_days(start, end, "Anthropic")
    root = f"{api_root(settings.base_url or DEFAULT)}/v1/organizations"
    access = Access(
        settings,
        "x-api-key",
        more={"anthropic-version": _API_VERSION},
        needs="an admin key (sk-ant-admin...), in ANTHROPIC_ADMIN_KEY",
    )
    window = {
        "starting_at": start.strftime(_MOMENT),
        "ending_at": end.strftime(_MOMENT),
        "bucket_width": "1d",
        "limit": str(_DAYS),
    }
    usage = Report(
        name="usage-report",
        url=f"{root}/usage_report/messages",
        query={**window, "group_by[]": "model"},
    )
    costs = Report(
        name="cost-report",
        url=f"{root}/cost_report",
        query={**window, "group_by[]": "description"},  # which brings the model and the token type
    )
    return pull_reports([usage, costs], folder, access)
