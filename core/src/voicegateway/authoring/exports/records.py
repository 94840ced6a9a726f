"""One object or row of an export, with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from voicegateway.authoring.exports import values
from voicegateway.authoring.exports.documents import documents
from voicegateway.authoring.exports.errors import UsageExportError, shown
from voicegateway.authoring.exports.opening import Source, file_name, pieces
from voicegateway.authoring.exports.tables import rows

__all__ = ["ExportRecord", "read_records"]

Value = TypeVar("Value")
_ZERO: Final = Decimal(0)


@dataclass(slots=True)  # not frozen, which takes three times as long to make
class ExportRecord:
    """Every method raises `UsageExportError` with the place of what is wrong."""

    fields: Mapping[str, Any]
    file: str
    place: str

    def expect(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """The columns of this kind of record: none may be missing of the first, and one in neither
        is an error that lists it, for its numbers would be lost."""
        fields = self.fields
        unknown = [name for name in fields if name not in required and name not in optional]
        if unknown:
            listed = ", ".join(sorted(map(shown, unknown)))
            known = ", ".join(sorted({*required, *optional}))
            raise self.error(f"has unknown columns: {listed}. Known are {known}")
        missing = [name for name in required if name not in fields]
        if missing:
            raise self.error(f"lacks the columns {', '.join(sorted(missing))}")

    def error(self, problem: str) -> UsageExportError:
        return UsageExportError(self.file, self.place, problem)

    def number(self, name: str, *, below_zero: bool = False) -> Decimal | None:
        """Exact; None where the column is missing, null or empty."""
        found = self._read(name, values.number)
        if found is not None and found < 0 and not below_zero:
            raise self.error(f"{name}: {found} is below zero")
        return found

    def count(self, name: str) -> Decimal:
        """As `number`, and 0 where there is none."""
        return self.number(name) or _ZERO

    def word(self, name: str) -> str | None:
        """None where the column is missing, null or empty."""
        return self._read(name, values.word)

    def unix_time(self, name: str, per_second: int = 1) -> datetime:
        return self._needed(name, lambda value: values.unix_time(value, per_second))

    def iso_time(self, name: str) -> datetime:
        return self._needed(name, values.iso_time)

    def record(self, name: str) -> ExportRecord | None:
        """The object in this field."""
        value = self.fields.get(name)
        return None if value is None else self._child(value, name)

    def records(self, name: str) -> Iterator[ExportRecord]:
        """The objects of the list in this field."""
        for index, value in enumerate(self.items(name)):
            yield self._child(value, f"{name}[{index}]")

    def items(self, name: str) -> list[Any]:
        """The list in this field."""
        value = self.fields.get(name)
        if not isinstance(value, list):
            raise self.error(f"{name} is no list")
        return value

    def _child(self, value: object, name: str) -> ExportRecord:
        separator = "." if "[" in self.place else ", "
        place = f"{self.place}{separator}{name}"
        if not isinstance(value, dict):
            raise UsageExportError(self.file, place, f"{shown(value)} is no object")
        return ExportRecord(value, self.file, place)

    def _read(self, name: str, reading: Callable[[object], Value]) -> Value | None:
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            return reading(value)
        except ValueError as error:
            raise self.error(f"{name}: {error}") from None

    def _needed(self, name: str, reading: Callable[[object], Value]) -> Value:
        found = self._read(name, reading)
        if found is None:
            raise self.error(f"lacks {name}")
        return found


def read_records(source: Source) -> Iterator[ExportRecord]:
    """The objects at the top of a file, in order, each read when it is asked for: of one JSON
    document, of JSON lines, of several pages one behind the other or in a list; or the rows of CSV
    under its header. Raises `UsageExportError` for anything else, an empty file among it."""
    name = file_name(source)
    text = pieces(source)
    start = next((piece for piece in text if piece.strip()), "").lstrip()
    if not start:
        raise UsageExportError(name, "", "is empty: export it again")
    if start[0] == "<":
        raise UsageExportError(name, "", "is a web page: export JSON or CSV")
    if start[0] in "{[":
        yield from _objects(_again(start, text), name)
        return
    for line, row in rows(_again(start, text), name):
        yield ExportRecord(row, name, f"line {line}")


def _objects(text: Iterator[str], name: str) -> Iterator[ExportRecord]:
    for count, value in enumerate(documents(text, name), 1):
        place = f"document {count}"
        several = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, one in several:
            where = place if index is None else f"{place}[{index}]"
            if not isinstance(one, dict):
                raise UsageExportError(name, where, f"{shown(one)} is no object")
            yield ExportRecord(one, name, where)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
