"""The window that is compared, and how the vendor's lines lie in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from voicegateway.reconcile.errors import ReconcileError
from voicegateway.storage.days import datetime_of_us, us_of_datetime
from voicegateway.storage.queries import Period
from voicegateway.storage.reads.texts import time_text
from voicegateway.types import UsageLine

__all__ = ["LAG", "Coverage", "Gap", "check_settled"]

LAG: Final = timedelta(hours=24)
"""How long a vendor may take until its figures of a moment are final."""

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""What a line without a date has."""
_MINUTE: Final = 60_000_000

Gap = tuple[int, int]
"""From, and up to without, in microseconds since 1970 UTC."""


def check_settled(period: Period, now: datetime | None = None) -> None:
    """Raises `ReconcileError` for a window that ends later than the lag before now."""
    settled = us_of_datetime((now or datetime.now(UTC)) - LAG)
    if period.end_us <= settled:
        return
    ready = datetime_of_us(period.end_us) + LAG
    raise ReconcileError(
        f"The window ends at {_shown(period.end_us)}, and a vendor's figures take up to "
        f"{LAG // timedelta(hours=1)} hours to be complete: ask again after "
        f"{ready:%Y-%m-%d %H:%M} UTC, end it earlier, or use --force."
    )


@dataclass(slots=True)
class Coverage:
    """Which stretches of the window the vendor's lines speak of."""

    period: Period
    outside: int = 0
    """Lines of before or after the window, which are left out."""
    undated: bool = False
    """Some lines have no date and are of the window as a whole."""
    _spans: set[Gap] = field(default_factory=set)

    def takes(self, line: UsageLine, file: str) -> bool:
        """Whether a line lies in the window, one of a single call if it began there. Raises
        `ReconcileError` if only a part does."""
        for moment in (line.start, line.end):
            if moment.tzinfo is None:
                raise ReconcileError(
                    f"{file}: a line begins or ends at {moment.isoformat()}, which names no time "
                    "zone: please tell the plugin's author."
                )
        if line.start <= _ALWAYS[0] and line.end >= _ALWAYS[1]:
            self.undated = True
            return True
        start, end = us_of_datetime(line.start), us_of_datetime(line.end)
        if line.raw.get("one_call"):
            end = start
        span = (start, end)
        if span in self._spans:
            return True
        begins, ends = self.period.start_us, self.period.end_us
        if start >= ends or end < begins or (end == begins and start < end):
            self.outside += 1
            return False
        if start < begins or end > ends:
            raise ReconcileError(_straddling(span, self.period, file))
        self._spans.add(span)
        return True

    def gaps(self) -> list[Gap]:
        """Stretches of the window that no bucket speaks of. Lines of single calls, which do not
        begin and end with a minute, are no buckets and tell of no gaps."""
        spans = sorted(
            s for s in self._spans if s[0] < s[1] and not (s[0] % _MINUTE or s[1] % _MINUTE)
        )
        if self.undated or not spans:
            return []
        found, at = [], self.period.start_us
        for start, end in [*spans, (self.period.end_us, self.period.end_us)]:
            if start > at:
                found.append((at, start))
            at = max(at, end)
        return found


def _straddling(span: Gap, period: Period, file: str) -> str:
    return (
        f"{file}: the bucket from {_shown(span[0])} to {_shown(span[1])} lies only partly in the "
        f"window from {_shown(period.start_us)} to {_shown(period.end_us)}: choose --start, --end "
        "and --timezone to begin and end with the vendor's buckets, or export smaller ones."
    )


def _shown(us: int) -> str:
    return time_text(us).replace(":00.000000Z", "Z").replace(".000000Z", "Z")
