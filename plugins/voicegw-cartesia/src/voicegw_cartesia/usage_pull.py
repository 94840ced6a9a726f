"""Fetching what `usage_export` reads: `GET /usage/credits`.

Parameters: https://docs.cartesia.ai/api-reference/usage/credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from voicegateway.authoring.pulling import (
    Access,
    PullError,
    Report,
    only_settings,
    pull_reports,
    utc_days,
)
from voicegateway.types import ProviderSettings
from voicegw_cartesia.address import api_root

__all__ = ["pull_pages"]

_VERSION: Final = "2026-03-01"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_LONGEST: Final = timedelta(days=365)


def pull_pages(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterator[Path]:
    only_settings(settings, ())
    utc_days(start, end, "Cartesia")
    if end - start > _LONGEST:
        raise PullError("Cartesia reports a year at most: choose a shorter window.")
    report = Report(
        name="credits",
        url=f"{api_root(settings)}/usage/credits",
        query={"start_ts": start.strftime(_MOMENT), "end_ts": end.strftime(_MOMENT)},
        following=None,
    )
    access = Access(
        settings,
        "Authorization",
        "Bearer ",
        more={"Cartesia-Version": _VERSION},
        needs="one of the organization",
    )
    return pull_reports([report], folder, access)
