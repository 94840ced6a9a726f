"""Takes a key out of a YAML text. ruamel.yaml would take the comment behind it, which is usually
about what follows, out with it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["without_key"]


def without_key(text: str, path: Sequence[str], parent: Any) -> str | None:
    """The text without the lines of the key at `path`, whose mapping is `parent` as ruamel read it.
    None if they hold something else as well."""
    if parent.fa.flow_style():
        return None
    lines = text.splitlines(keepends=True)
    first, column = parent.lc.key(path[-1])
    last = _last_line(lines, first, column)
    instead = [f"{' ' * column}{{}}\n"] if len(parent) == 1 else []
    shorter = "".join([*lines[:first], *instead, *lines[last + 1 :]])
    return shorter if _says(shorter) == _less(_says(text), path) else None


def _last_line(lines: Sequence[str], first: int, column: int) -> int:
    """The last line of a value, which is moved in further than its key, or has dashes below it."""
    last = first
    for number in range(first + 1, len(lines)):
        content = lines[number].strip()
        if not content or content.startswith("#"):
            continue
        indent = len(lines[number]) - len(lines[number].lstrip(" "))
        dash = content == "-" or content.startswith("- ")
        if indent < column or (indent == column and not dash):
            break
        last = number
    return last


def _says(text: str) -> Any:
    from ruamel.yaml import YAML  # 110 ms

    try:
        return YAML(typ="safe", pure=True).load(text)
    except Exception:  # noqa: BLE001 - broken documents trip the parser in many ways
        return NotImplemented


def _less(data: Any, path: Sequence[str]) -> Any:
    whole = copy.deepcopy(data)
    place = whole
    for key in path[:-1]:
        if not isinstance(place, Mapping):
            return whole
        place = place[key]
    place.pop(path[-1], None)
    return whole
