"""Fetching what `analytics` reads: credits, or costs where a workspace is billed in money.

Fields of the request: elevenlabs 2.78, `workspace.usage.get_usage_by_product_over_time`. The report
of costs takes the same as far as is known; no source prints its request.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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
from voicegw_elevenlabs.address import api_root

__all__ = ["pull_pages"]

_PATHS: Final = {
    "credits": "workspace/analytics/query/usage-by-product-over-time",
    "costs": "workspace/analytics/usage",
}
_GROUPS: Final = {
    "credits": ["product_type", "model"],
    "costs": ["product_type", "model", "fiat_currency"],
}
_DAY: Final = 86_400


def pull_pages(
    settings: ProviderSettings, start: datetime, end: datetime, folder: Path
) -> Iterator[Path]:
    only_settings(settings, {"report"})
    utc_days(start, end, "ElevenLabs")
    name = _report(settings)
    asked = {
        "start_time": int(start.timestamp()) * 1000,
        "end_time": int(end.timestamp()) * 1000,
        "interval_seconds": _DAY,
        "group_by": _GROUPS[name],
        "time_zone": "UTC",
    }
    report = Report(
        name=name, url=f"{api_root(settings)}/{_PATHS[name]}", body=asked, following=None
    )
    needs = "one of the workspace that may read its analytics"
    return pull_reports([report], folder, Access(settings, "xi-api-key", needs=needs))


def _report(settings: ProviderSettings) -> str:
    name = settings.extra.get("report", "credits")
    if not isinstance(name, str) or name not in _PATHS:
        raise PullError(
            "ElevenLabs has the reports credits and costs: set report under "
            "providers.elevenlabs.usage_export to one of them."
        )
    return name
