"""From records to `UsageLine`s."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from voicegateway.authoring.exports.errors import shown
from voicegateway.authoring.exports.opening import Source
from voicegateway.authoring.exports.records import ExportRecord, read_records
from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["EVERY_MODEL", "Bucket", "empty_line", "next_page", "read_pages", "usage_line"]

EVERY_MODEL: Final = "*"
"""The `model` of a line that the vendor does not split by model."""
_ALWAYS: Final = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Bucket:
    """The time that a line sums up, UTC. `end` is no part of it: a day ends as the next begins."""

    start: datetime
    end: datetime
    report: str
    """Which of the vendor's reports it is from, such as `costs`."""
    next_page: str | None = None
    """What the vendor calls the page behind this one."""
    one_call: bool = False
    """Whether this is the time of one call, which may last over midnight: the ledger has it where
    it began. A bucket that lies only partly in a window cannot be compared."""

    @classmethod
    def at_any_time(cls, report: str) -> Bucket:
        """Of a vendor that does not say when: the line belongs to whatever window is asked."""
        return cls(*_ALWAYS, report)

    @classmethod
    def of_days(cls, start: datetime, days: int, report: str) -> Bucket:
        return cls(start, start + timedelta(days=days), report)


def usage_line(
    record: ExportRecord,
    bucket: Bucket,
    *,
    model: str | None,
    modality: Modality | None,
    units: Mapping[Unit, Decimal | None],
    cost_usd: Decimal | None = None,
    ledger_model: str | None = None,
    cost_of: Unit | None = None,
) -> UsageLine:
    """A line of the model as the vendor calls it, None if it does not say; `ledger_model` is how a
    model string here does, where that is something else. A unit that is None or 0 is left out;
    `cost_of` is the one that the cost is of, where the vendor says that and no quantity.

    `raw` is the record, and beside it `report`, `vendor_model`, `cost_of`, `one_call` and, where
    the vendor has more than this page, `next_page`. Two reports of one thing, of what was used and
    of what it cost, may both have the units of it: whoever sums lines takes those of one `report`.
    """
    if bucket.end <= bucket.start:
        raise record.error(f"ends at {bucket.end.isoformat()}, before it begins")
    raw: dict[str, object] = {
        **record.fields,
        "report": bucket.report,
        "vendor_model": model,
    }
    if bucket.next_page is not None:
        raw["next_page"] = bucket.next_page
    if bucket.one_call:
        raw["one_call"] = True
    if cost_of is not None:
        raw["cost_of"] = cost_of.value
    return UsageLine(
        start=bucket.start,
        end=bucket.end,
        model=ledger_model or model or EVERY_MODEL,
        modality=modality,
        units={unit: count for unit, count in units.items() if count},
        cost_usd=cost_usd,
        raw=raw,
    )


def empty_line(record: ExportRecord, bucket: Bucket) -> UsageLine:
    """Of a bucket in which nothing was used: without it nobody knows that the vendor spoke of that
    time, nor, on a last page of nothing, that it was the last. The `report` of a page that does
    not say of what it is may be empty."""
    return usage_line(record, bucket, model=None, modality=None, units={})


def read_pages(source: Source) -> Iterator[ExportRecord]:
    """As `read_records`, of an interface that says with `has_more` and `next_page` whether more
    follows. Raises `UsageExportError` where the last of several pages says so. One page alone may:
    the next may be a file of its own, so its lines have `next_page`, for whoever reads all files
    to see that none is missing."""
    count, missing = 0, None
    for page in read_records(source):
        yield page
        count += 1
        missing = next_page(page)
    if count > 1 and missing is not None:
        raise page.error(
            f"says that the page {shown(missing)} follows, and none does: fetch it too"
        )


def next_page(page: ExportRecord) -> str | None:
    """What the vendor calls the page behind this one; None if this is the last."""
    more = page.fields.get("has_more")
    if more is not None and not isinstance(more, bool):
        raise page.error("has_more is neither true nor false")
    token = page.fields.get("next_page")
    if token is not None and not isinstance(token, str):
        raise page.error("next_page is no text")
    if more is None:
        return token or None
    return (token or "?") if more else None
