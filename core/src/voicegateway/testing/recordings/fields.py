"""Take a JSON object apart, strictly: every fault is one sentence with the place it is at."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from voicegateway.testing.recordings.model import RecordingError
from voicegateway.types import Unit

__all__ = ["REQUIRED", "Fields"]

REQUIRED: Final = object()


class Fields:
    """The values of one object at one place of a file, which has the keys `known` and no other."""

    def __init__(self, value: object, known: Collection[str], file: str, place: str = "") -> None:
        self._file, self._place = file, place
        if not isinstance(value, dict):
            raise RecordingError(f"{file}: {place or 'the file'} must be a JSON object.")
        self._values: dict[str, Any] = value
        for name in value:
            if name not in known:
                self.fail(name, f"is no known key: {_nearest(name, known)}")

    def fail(self, name: str, problem: str) -> NoReturn:
        end = "" if problem.endswith("?") else "."
        raise RecordingError(f"{self._file}: {self._at(name)} {problem}{end}")

    def has(self, name: str) -> bool:
        return name in self._values

    def value(self, name: str, default: object = REQUIRED) -> Any:
        if name not in self._values and default is REQUIRED:
            self.fail(name, "is missing")
        return self._values.get(name, default)

    def inner(self, name: str, known: Collection[str], default: object = REQUIRED) -> Fields:
        return Fields(self.value(name, default), known, self._file, self._at(name))

    def mapping(self, name: str, default: object = REQUIRED) -> dict[str, Any]:
        value = self.value(name, default)
        if not isinstance(value, dict):
            self.fail(name, "must be a JSON object")
        return value

    def each(self, name: str, known: Collection[str]) -> list[Fields]:
        value = self.value(name)
        if not isinstance(value, list):
            self.fail(name, "must be a list")
        return [
            Fields(item, known, self._file, self._at(f"{name}[{index}]"))
            for index, item in enumerate(value)
        ]

    def text(self, name: str, default: object = REQUIRED) -> str:
        value = self.value(name, default)
        if not isinstance(value, str):
            self.fail(name, "must be a text")
        if not value and default is REQUIRED:
            self.fail(name, "is empty")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.value(name, None) is None else self.text(name)

    def whole(self, name: str, least: int, most: int) -> int:
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(name, f"must be a whole number from {least} to {most}")
        return value

    def choice(self, name: str, choices: Collection[str]) -> Any:
        value = self.value(name)
        if not isinstance(value, str):
            self.fail(name, f"must be one of {', '.join(choices)}")
        if value not in choices:
            self.fail(name, f"cannot be {value!r}: {_nearest(value, choices)}")
        return value

    def amount(self, name: str) -> Decimal:
        """A finite number that is not negative, written as a text so that it is exact."""
        value = self.value(name)
        try:
            amount = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or amount < 0:
            self.fail(name, 'must be a number in quotes, such as "0.0048"')
        return amount

    def units(self, name: str, default: object = REQUIRED) -> Mapping[Unit, Decimal]:
        fields = self.inner(name, list(Unit), default)
        return {unit: fields.amount(unit) for unit in Unit if fields.has(unit)}

    def _at(self, name: str) -> str:
        return ".".join(part for part in (self._place, name) if part)


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {str(near[0])!r}?" if near else f"there are {', '.join(known)}"
