"""An export as Parquet, through pyarrow: decimals stay decimals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from importlib import import_module
from itertools import islice
from typing import IO, Any, Final

from voicegateway.reconcile.columns import AFTER_UNITS, BEFORE_UNITS, CURRENCY
from voicegateway.storage.codes import UNIT_COLUMNS
from voicegateway.storage.days import datetime_of_us
from voicegateway.storage.reads.exports import ExportRow

__all__ = ["write_parquet"]

# Without type hints, and not installed everywhere.
pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")

_GROUP: Final = 10_000
_QUANTITY: Final = pa.decimal128(38, 6)
_MONEY: Final = pa.decimal128(38, 9)


def _schema() -> Any:
    kinds = {"started_at": pa.timestamp("us", tz="UTC"), "cost_usd": _MONEY}
    texts = {name: kinds.get(name, pa.string()) for name in (*BEFORE_UNITS, *AFTER_UNITS)}
    return pa.schema(
        [(name, texts[name]) for name in BEFORE_UNITS]
        + [(name, _QUANTITY) for name in UNIT_COLUMNS]
        + [(name, texts[name]) for name in AFTER_UNITS]
    )


def write_parquet(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """Row groups of ten thousand; times are microseconds in UTC, money has nine decimals."""
    schema = _schema()
    left = iter(rows)
    with pq.ParquetWriter(file, schema) as writer:
        while group := list(islice(left, _GROUP)):
            writer.write_table(pa.table(_arrays(group, schema), schema=schema))


def _arrays(rows: list[ExportRow], schema: Any) -> list[Any]:
    units: list[list[object]] = [
        [_scaled(value, 6) for value in column]
        for column in zip(*(row.units for row in rows), strict=True)
    ]
    found: list[list[object]] = [
        [datetime_of_us(row.started_us) for row in rows],
        [_text(row.project) for row in rows],
        [_text(row.session_id) for row in rows],
        [row.leg.modality.value for row in rows],
        [_text(row.leg.provider) for row in rows],
        [_text(row.leg.model) for row in rows],
        *units,
        [_scaled(row.cost_nano, 9) for row in rows],
        [CURRENCY] * len(rows),
        [_text(row.price_source) for row in rows],
        [row.verdict for row in rows],
        [row.outcome for row in rows],
    ]
    return [pa.array(column, kind) for column, kind in zip(found, schema.types, strict=True)]


def _scaled(value: int | None, decimals: int) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-decimals)


def _text(name: str | None) -> str | None:
    """As UTF-8 can hold it."""
    return None if name is None else name.encode("utf-8", "backslashreplace").decode()
