"""`${NAME}` and `${NAME:-default}` in the strings of a config; `$${` is a plain `${`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from voicegateway.core.faults import key_path
from voicegateway.errors import ConfigError

__all__ = ["interpolate"]

_MARK = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{")


def interpolate(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same data with every variable replaced. An empty variable counts as unset, as in a
    shell's `:-`. Raises `ConfigError`, which names the key and never its value."""
    return _Interpolation().mapping(data, ())


class _Interpolation:
    """One document. What an anchor repeats is done once: copies of copies would grow without
    end, and one that holds itself has no end at all."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}
        self._open: set[int] = set()

    def mapping(self, value: Mapping[Any, Any], where: tuple[str, ...]) -> dict[str, Any]:
        # A key that is no string is left to the schema, which says so.
        return {k: self.any(v, (*where, str(k))) for k, v in value.items()}

    def any(self, value: Any, where: tuple[str, ...]) -> Any:
        if isinstance(value, str):
            return _MARK.sub(lambda match: _replacement(match, where), value)
        if not isinstance(value, (Mapping, list)):
            return value
        if id(value) in self._open:
            raise ConfigError(
                f"{key_path(where)} holds itself: an anchor may not contain its alias"
            )
        if id(value) not in self._done:
            self._open.add(id(value))
            self._done[id(value)] = self._inside(value, where)
            self._open.discard(id(value))
        return self._done[id(value)]

    def _inside(self, value: Mapping[Any, Any] | list[Any], where: tuple[str, ...]) -> Any:
        if isinstance(value, Mapping):
            return self.mapping(value, where)
        return [self.any(item, (*where, str(index))) for index, item in enumerate(value)]


def _replacement(match: re.Match[str], where: tuple[str, ...]) -> str:
    if match[0] == "$${":
        return "${"
    name, default = match.groups()
    if name is None:
        raise ConfigError(
            f"{key_path(where)} has a ${{ that begins no variable: write ${{NAME}} or "
            "${NAME:-default}, or $${ for a plain one"
        )
    found = os.environ.get(name) or default
    if found is None:
        raise ConfigError(
            f"{key_path(where)} needs the environment variable {name}, which is not set: set it, "
            f"or give a default as ${{{name}:-…}}"
        )
    return found
