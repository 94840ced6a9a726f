"""What is wrong with a configuration, in one sentence: where, what, and what was meant. The value
itself is never repeated, since it may be a key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["explain", "key_path", "nearest", "yaml_fault"]

_PLAIN = re.compile(r"[^\s.'\"]{1,80}")
_QUOTED = re.compile(r"\"[^\"]{2,}\"|'[^']{2,}'")


def key_path(parts: Iterable[int | str]) -> str:
    """`projects.acme.daily_budget`; a key that would read badly is quoted and shortened."""
    return ".".join(_part(str(part)) for part in parts)


def _part(part: str) -> str:
    plain = part.isprintable() and _PLAIN.fullmatch(part)
    return part if plain else ascii(part[:80])


def nearest(name: str, known: Iterable[str]) -> str:
    """`: did you mean 'x'?`, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f": did you mean {near[0]!r}?" if near else ""


def yaml_fault(error: Exception) -> str:
    """Where and why a text is not YAML. The parser quotes what it stumbled over: that is left
    out."""
    mark = getattr(error, "problem_mark", None)
    where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None)
    if type(error).__name__ == "DuplicateKeyError":
        return f"{where}: a key is there twice"
    what = _QUOTED.sub("…", " ".join(str(problem).split())) if problem else type(error).__name__
    return f"{where}: this is not YAML: {what}"


def explain(error: ValueError) -> str:
    """The first fault of a `ValidationError`, in a sentence without the offending value."""
    from pydantic import ValidationError  # 100 ms

    if not isinstance(error, ValidationError):
        return type(error).__name__
    fault = error.errors(include_url=False, include_input=False)[0]
    location = tuple(part for part in fault["loc"] if part != "[key]")
    where = key_path(location) or "the config"
    if fault["type"] == "extra_forbidden":
        return f"{where} is no known key{_nearest_key(location)}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {' '.join(message.split())}"


def _nearest_key(location: tuple[int | str, ...]) -> str:
    known = _known_keys(location[:-1])
    hint = nearest(str(location[-1]), known)
    if hint:
        return hint
    return f": the keys here are {', '.join(known)}" if known else ""


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the schema has at a place, following its fields and mappings."""
    from typing import get_args

    from pydantic import BaseModel

    from voicegateway.core.schema import GatewayConfig

    kind: Any = GatewayConfig
    for part in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(str(part))
            if field is None:
                return []
            kind = field.annotation
        else:
            kind = (get_args(kind) or (None,))[-1]
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return list(kind.model_fields) if is_model else []
