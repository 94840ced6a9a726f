"""Workspace analytics: a table with columns, their types and units, and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from voicegateway.authoring import Bucket, ExportRecord, usage_line
from voicegateway.authoring.exports import shown
from voicegateway.types import Modality, Unit, UsageLine
from voicegw_elevenlabs.usage_export.buckets import ends, moment
from voicegw_elevenlabs.usage_export.names import modality_of

__all__ = ["table_lines"]

_CREDITS: Final = "credits_used"
_COST: Final = "total_cost"
_COUNT: Final = "total_charge_count"
_MEASURES: Final = {_CREDITS, _COST, _COUNT}
_GROUPS: Final = {
    "product_type",
    "model",
    "voice_id",
    "user_id",
    "fiat_currency",
    "fiat_charge_type",
    "region",
    "reporting_workspace_id",
    "request_source",
    "resource_id",
    "subresource_id",
    "request_queue_type",
    "voice_multiplier",
    "hashed_xi_api_key",
    "billing_group_id",
    "surface",
    "actor",
}
_NAMED: Final = re.compile(r"[a-z_]+_(label|name)")
"""A name for people that is appended to a column of ids, such as `user_label`."""


def table_lines(document: ExportRecord) -> Iterator[UsageLine]:
    document.expect({"columns", "rows"}, {"column_types", "column_units"})
    columns = [str(name) for name in document.items("columns")]
    time = _time_column(document, columns)
    records = [_record(document, columns, index) for index in range(len(document.items("rows")))]
    starts = [moment(record, record.fields[time]) for record in records]
    end = ends(starts)
    report = "costs" if _COST in columns else "credits"
    currency = _unit_of(document, columns, _COST)
    for record, start in zip(records, starts, strict=True):
        yield _line(record, Bucket(start, end[start], report), currency)


def _time_column(document: ExportRecord, columns: list[str]) -> str:
    """The one of the type DateTime: no two sources give it the same name. Any other column that is
    not known is an error, for its numbers would be lost."""
    kinds = document.items("column_types") if "column_types" in document.fields else []
    if len(set(columns)) != len(columns):
        raise document.error("has a column twice")
    unknown = [
        name for name in columns if name not in _GROUPS | _MEASURES and not _NAMED.fullmatch(name)
    ]
    times = [name for name in unknown if _at(kinds, columns.index(name)) == "DateTime"]
    if len(times) == 1:
        unknown.remove(times[0])
    if unknown:
        raise document.error(f"has unknown columns: {', '.join(map(shown, sorted(unknown)))}")
    if not times or not _MEASURES.intersection(columns):
        raise document.error(f"lacks a column of the type DateTime or one of {sorted(_MEASURES)}")
    return times[0]


def _unit_of(document: ExportRecord, columns: list[str], name: str) -> str | None:
    """What `column_units` says of a column."""
    units = document.items("column_units") if "column_units" in document.fields else []
    unit = _at(units, columns.index(name)) if name in columns else None
    return unit if isinstance(unit, str) else None


def _at(values: list[object], index: int) -> object:
    return values[index] if index < len(values) else None


def _record(document: ExportRecord, columns: list[str], index: int) -> ExportRecord:
    row = document.items("rows")[index]
    place = f"{document.place}, rows[{index}]"
    if not isinstance(row, list) or len(row) != len(columns):
        raise ExportRecord({}, document.file, place).error(f"has not {len(columns)} cells")
    return ExportRecord(dict(zip(columns, row, strict=True)), document.file, place)


def _line(row: ExportRecord, bucket: Bucket, currency: str | None) -> UsageLine:
    model = row.word("model")
    modality = modality_of(row.word("product_type"), model)
    return usage_line(
        row,
        bucket,
        model=model,
        modality=modality,
        units={
            Unit.CREDITS: row.number(_CREDITS),
            Unit.CHARACTERS: row.number(_COUNT) if modality is Modality.TTS else None,
        },
        cost_usd=_dollars(row, currency),
    )


def _dollars(row: ExportRecord, currency: str | None) -> Decimal | None:
    cost = row.number(_COST, below_zero=True)
    said = row.word("fiat_currency") or currency
    if cost is not None and (said or "").lower() != "usd":
        found = f"in {shown(said)}" if said else "in a currency that it does not say"
        raise row.error(f"has a cost {found}: only dollars can be compared")
    return cost
