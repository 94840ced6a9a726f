"""Declared options: one place that says what an engine can be told, of what type and range."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from voicegateway.types import ProviderSettings

__all__ = ["option", "read_options", "refuse_unknown"]

_T = TypeVar("_T")
_NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def option(
    meaning: str,
    *,
    default: object,
    least: float | None = None,
    most: float | None = None,
    one_of: Collection[str] | None = None,
) -> Any:
    """A field of an options dataclass, with its meaning and the values it may take."""
    limits = {"meaning": meaning, "least": least, "most": most, "one_of": one_of}
    return dataclasses.field(default=default, metadata=limits)


def read_options(
    kind: type[_T],
    provider: str,
    settings: ProviderSettings,
    options: Mapping[str, Any],
    *,
    address: bool = False,
) -> _T:
    """The caller's options over the config's, checked. With `address`, `base_url` has a meaning.
    Raises `ValueError` for an option that is not known, naming the nearest, or that has the wrong
    type or range."""
    if settings.api_key is not None or (settings.base_url is not None and not address):
        needless = "api_key" if address else "api_key and base_url"
        raise ValueError(
            f"The provider {provider!r} runs on this machine: take {needless} out of its settings."
        )
    given = {**settings.extra, **options}
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    refuse_unknown(provider, given, fields)
    hints = typing.get_type_hints(kind)
    for name, value in given.items():
        given[name] = _checked(f"{provider} option {name!r}", value, hints[name], fields[name])
    return kind(**given)


def refuse_unknown(provider: str, given: Collection[str], known: Collection[str]) -> None:
    """Raise `ValueError` for the first name that is not known."""
    for name in given:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(sorted(known))}."
        raise ValueError(f"The provider {provider!r} has no option {name!r}: {hint}")


def _checked(what: str, value: object, hint: Any, field: dataclasses.Field[Any]) -> object:
    if isinstance(value, list):
        value = tuple(value)  # hashable, so that equal settings share one engine
    if not _fits(value, hint):
        raise ValueError(f"The {what} must be {_name(hint)}, not {type(value).__name__}.")
    limits = field.metadata
    if limits["one_of"] is not None and value is not None and value not in limits["one_of"]:
        allowed = ", ".join(limits["one_of"])
        raise ValueError(f"The {what} must be one of {allowed}.")
    if isinstance(value, int | float):
        _within(what, value, limits["least"], limits["most"])
    return value


def _within(what: str, value: float, least: float | None, most: float | None) -> None:
    if least is not None and not value >= least:  # also refuses NaN
        raise ValueError(f"The {what} must be at least {least:g}, not {value:g}.")
    if most is not None and not value <= most:
        raise ValueError(f"The {what} must be at most {most:g}, not {value:g}.")


def _fits(value: object, hint: Any) -> bool:
    if isinstance(hint, types.UnionType):
        return any(_fits(value, part) for part in hint.__args__)
    if typing.get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    if hint in (int, float):
        kinds = (int, float) if hint is float else int
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, hint)


def _name(hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        return " or ".join(_name(part) for part in hint.__args__ if part is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return "a list of texts"
    return _NAMES[hint]
