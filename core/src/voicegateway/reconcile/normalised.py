"""Usage in our own columns, for vendors without an export that their plugin reads.

    model,modality,characters,cost_usd
    swift-2,tts,120000,6.00

Besides `model` and `modality` any unit, `cost_usd`, and `start` with `end` where a line is not of
the whole window. CSV, or JSON objects with the same names. An empty cell is not 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeGuard

from voicegateway.authoring.exports import (
    Bucket,
    ExportRecord,
    Source,
    UsageExportError,
    read_records,
)
from voicegateway.authoring.exports.opening import file_name
from voicegateway.reconcile.billed import ZERO
from voicegateway.types import Modality, Unit, UsageLine

__all__ = ["is_normalised", "read_normalised"]

_UNITS: Final = {unit.value: unit for unit in Unit}
_OPTIONAL: Final = {*_UNITS, "cost_usd", "start", "end"}
_REQUIRED: Final = {"model", "modality"}
_ANY_TIME: Final = Bucket.at_any_time("normalised")
_NOTHING: Final[dict[str, object]] = {}
_legs: Final[dict[tuple[object, object], tuple[str, Modality | None]]] = {}
"""Models and roles that were read before."""
_times: Final[dict[str, datetime]] = {}
"""Most lines begin when another ends."""
_MOST_KEPT: Final = 1024
_SHORT: Final = 18
_LONGEST: Final = 200
"""Characters of a model's name."""


def is_normalised(source: Source) -> bool:
    """Whether a file has our columns; False as well for one that is none at all."""
    try:
        first = next(iter(read_records(source)), None)
    except UsageExportError:
        return False
    return first is not None and first.fields.keys() >= _REQUIRED


def read_normalised(source: Source) -> Iterator[UsageLine]:
    """The lines; those without a date are of any time, which means the whole window. Raises
    `UsageExportError` for an unknown column, a line without anything to compare, a number that is
    none."""
    columns: tuple[str, ...] = ()
    units: list[tuple[str, Unit]] = []
    for record in read_records(source):
        if tuple(record.fields) != columns:  # in CSV once a file
            record.expect(_REQUIRED, _OPTIONAL)
            columns = tuple(record.fields)
            units = [(name, _UNITS[name]) for name in columns if name in _UNITS]
        yield _line(record, units)
    if not columns:
        raise UsageExportError(file_name(source), "", "holds no line: export it again")


def _line(record: ExportRecord, units: list[tuple[str, Unit]]) -> UsageLine:
    fields = record.fields
    known: dict[Unit, Decimal] = {}
    for name, unit in units:
        value = fields[name]
        if value is not None and value != "":
            known[unit] = _amount(record, name, value)
    cost = _cost(record)
    if not known and cost is None:
        raise record.error("has neither a unit nor cost_usd")
    start, end = _ANY_TIME.start, _ANY_TIME.end
    if "start" in fields or "end" in fields:
        start, end = _time(record, "start"), _time(record, "end")
        if end < start:
            raise record.error("ends before it starts")
    return UsageLine(start, end, *_leg(record), known, cost, _NOTHING)


def _amount(record: ExportRecord, name: str, value: object) -> Decimal:
    if _is_plain(value):
        return Decimal(value)
    return record.number(name) or ZERO


def _is_plain(value: object) -> TypeGuard[str]:
    """Whether it is so simple a number that `ExportRecord.number`, which is slower, for it takes
    any spelling and refuses absurd sizes, would say the same."""
    return (
        isinstance(value, str)
        and len(value) <= _SHORT
        and value.isascii()
        and value.replace(".", "", 1).isdigit()
    )


def _cost(record: ExportRecord) -> Decimal | None:
    value = record.fields.get("cost_usd")
    if _is_plain(value):
        return Decimal(value)
    return record.number("cost_usd", below_zero=True)


def _time(record: ExportRecord, name: str) -> datetime:
    value = record.fields.get(name)
    known = _times.get(value) if isinstance(value, str) else None
    if known is None:
        known = record.iso_time(name)
        if len(_times) >= _MOST_KEPT:
            _times.clear()
        _times[str(value)] = known
    return known


def _leg(record: ExportRecord) -> tuple[str, Modality | None]:
    said = record.fields["model"], record.fields["modality"]
    if not (isinstance(said[0], str) and isinstance(said[1], str)):
        return _model(record), _modality(record)
    known = _legs.get(said)
    if known is not None:
        return known
    leg = _model(record), _modality(record)
    if len(_legs) >= _MOST_KEPT:
        _legs.clear()
    _legs[said] = leg
    return leg


def _model(record: ExportRecord) -> str:
    model = record.word("model")
    if model is None:
        raise record.error("names no model: write * for all of them together")
    if len(model) > _LONGEST:
        raise record.error(f"has a model's name of {len(model)} characters")
    return model.strip()


def _modality(record: ExportRecord) -> Modality | None:
    word = record.word("modality")
    if word is None:
        return None
    try:
        return Modality(word.strip().lower())
    except ValueError:
        raise record.error(f"{word!r} is no modality: use stt, llm or tts") from None
