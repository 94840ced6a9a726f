"""Columns of a batch as array literals: one parameter a column, however many rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from voicegateway.storage.engine import Value
from voicegw_postgres.text import to_wire

__all__ = ["int_array", "text_array"]


def int_array(values: Sequence[Value]) -> str:
    """`{1,NULL,3}`. What is no integer is refused by the server."""
    if values.count(None) == len(values):
        return _nulls(len(values))  # as most columns of most batches are
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def text_array(values: Sequence[Value]) -> str:
    """`{"a",NULL,"b"}`."""
    if values.count(None) == len(values):
        return _nulls(len(values))
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


@lru_cache(maxsize=64)
def _nulls(count: int) -> str:
    return "{" + ",".join(["NULL"] * count) + "}"


def _quoted(value: str | int) -> str:
    text = to_wire(str(value))
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
