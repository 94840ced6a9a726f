"""The one error of a usage export that cannot be read."""

from __future__ import annotations

__all__ = ["UsageExportError", "shown"]

_LONGEST = 60


class UsageExportError(ValueError):
    """A vendor's export that is not what it should be: which file, where in it, what to do."""

    def __init__(self, file: str, place: str, problem: str) -> None:
        self.file = file
        self.place = place
        """Such as `line 3` or `document 1, data[0].results[2]`; empty: the file as a whole."""
        self.problem = problem
        where = f"{file}, {place}" if place else file
        super().__init__(f"{where}: {problem}")

    def __reduce__(self) -> tuple[type[UsageExportError], tuple[str, str, str]]:
        return type(self), (self.file, self.place, self.problem)


def shown(value: object) -> str:
    """A value of a file for a message: on one line, and not all of it."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]!a}..."
    text = ascii(value)
    return text if len(text) <= 2 * _LONGEST else f"{text[:_LONGEST]}..."
