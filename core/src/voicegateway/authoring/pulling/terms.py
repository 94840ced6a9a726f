"""What a pull refuses before it asks."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from voicegateway.authoring.pulling.errors import PullError
from voicegateway.types import ProviderSettings

__all__ = ["only_settings", "utc_days"]


def utc_days(start: datetime, end: datetime, vendor: str) -> tuple[date, date]:
    """The first day, and the one after the last. Raises `PullError` for a window that does not
    begin and end with a day in UTC, by which the vendor counts."""
    for moment in (start, end):
        if moment.utcoffset() != timedelta(0) or moment.time() != time(0):
            raise PullError(
                f"{vendor} reports days in UTC, and the window from {start:%Y-%m-%d %H:%M} to "
                f"{end:%Y-%m-%d %H:%M} UTC has parts of some: give whole days and --timezone UTC."
            )
    return start.date(), end.date()


def only_settings(settings: ProviderSettings, known: Collection[str]) -> None:
    """Raises `PullError` for a key under `usage_export` that the plugin does not know."""
    for name in settings.extra:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            listed = ", ".join(sorted({*known, "api_key", "base_url"}))
            raise PullError(
                f"The provider {settings.provider!r} has no setting {name!r} under usage_export: "
                + (f"did you mean {near[0]!r}?" if near else f"it has {listed}.")
            )
