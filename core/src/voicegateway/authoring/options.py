"""The options of a vendor's constructor: what it takes is what our callers may give."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from voicegateway.types import ProviderSettings

__all__ = ["constructor_options"]

_VARIADIC = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}


def constructor_options(
    constructor: Callable[..., object],
    settings: ProviderSettings,
    options: Mapping[str, Any],
    *,
    ours: Mapping[str, str],
    own_settings: Collection[str] = (),
    siblings: Collection[Callable[..., object]] = (),
) -> dict[str, Any]:
    """The keyword arguments for `constructor` out of the caller's options and, beneath them, the
    provider's entry in the config.

    `ours` are arguments that the plugin itself sets, each with how the caller may give it, such as
    `{"model": "it is part of the model string"}`. `own_settings` are keys of the config that the
    plugin reads itself; a key that only one of `siblings` takes, constructors of what else the
    provider makes out of the same entry, is left to it. Raises `ValueError` for an option the
    constructor does not take, naming the nearest."""
    parameters = inspect.signature(constructor).parameters
    accepted = {
        name
        for name, parameter in parameters.items()
        if parameter.kind not in _VARIADIC and name != "self" and not name.startswith("_")
    }
    elsewhere = {name for sibling in siblings for name in inspect.signature(sibling).parameters}
    not_ours = {*own_settings, *(elsewhere - parameters.keys())}
    extra = {name: value for name, value in settings.extra.items() if name not in not_ours}
    given = {**extra, **options}
    offered = accepted - ours.keys()
    for name in given:
        if name in ours:
            raise ValueError(
                f"The provider {settings.provider!r} takes no option {name!r}: {ours[name]}."
            )
        if name not in offered:
            near = difflib.get_close_matches(name, offered, n=1)
            known = ", ".join(sorted(offered))
            hint = f"did you mean {near[0]!r}?" if near else f"it has {known}."
            raise ValueError(f"The provider {settings.provider!r} has no option {name!r}: {hint}")
    return given
